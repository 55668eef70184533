// A change made after the first byte, while streaming, is stored before the last one. If it would
// need a cookie, the connection is cut rather than the change lost.

import { type Committable, isDirty } from "./committable.ts";
import type { ResponseLike } from "./node-types.ts";

/** For frameworks that commit by a hook of their own; `holdResponse` does it by itself. */
export function saveBeforeEnd(res: ResponseLike, session: Committable): void {
  const { end } = res;
  function savedEnd(...args: unknown[]): unknown {
    res.end = end;
    if (!isDirty(session)) return Reflect.apply(end, res, args);
    session.save().then(
      () => Reflect.apply(end, res, args),
      (error) => res.destroy(error),
    );
    return res;
  }
  res.end = savedEnd;
}
