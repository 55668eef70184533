// A change made after the first byte, while streaming, is stored before the last one. If it would
// need a cookie, the connection is cut rather than the change lost.

import type { ServerResponse } from "node:http";
import { type Committable, isDirty } from "./commit-response.ts";

export function saveBeforeEnd(res: ServerResponse, session: Committable): void {
  const { end } = res;
  function savedEnd(...args: unknown[]): ServerResponse {
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
