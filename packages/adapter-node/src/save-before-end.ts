// A change made after the first byte, while streaming, is stored before the last one. If it would
// need a cookie, the connection is cut rather than the change lost.

import { type Committable, isDirty } from "./committable.ts";
import type { ResponseLike } from "./node-types.ts";
import { swallow } from "./swallow.ts";

/**
 * For frameworks that commit by a hook of their own; `holdResponse` does it by itself.
 *
 * @param onError Hears why an answer was cut off; the response says nothing of it.
 */
export function saveBeforeEnd(
  res: ResponseLike,
  session: Committable,
  onError: (error: unknown) => void = () => {},
): void {
  const { write, end } = res;
  let endWaits = false;

  function savedEnd(...args: unknown[]): unknown {
    if (endWaits) {
      swallow(res, args); // Nothing overtakes the end.
      return res;
    }
    if (!isDirty(session)) return Reflect.apply(end, res, args);
    endWaits = true;
    session
      .save()
      .then(() => {
        endWaits = false;
        Reflect.apply(end, res, args);
      })
      .catch((error: unknown) => {
        endWaits = true; // For good.
        onError(error);
        res.destroy(error instanceof Error ? error : undefined);
      });
    return res;
  }

  function gatedWrite(...args: unknown[]): boolean {
    return endWaits ? swallow(res, args) : Reflect.apply(write, res, args);
  }

  res.end = savedEnd;
  res.write = gatedWrite;
}
