// Koa drops every header of a response when it answers an error, but for those that the error brings
// along. The error may be one that others get, too, so the lines wait here, for this response alone.

import type { ExtendableContext } from "koa";

/** Adds the lines once more, right before Koa sends the answer to an error. */
export function keepOnError(
  ctx: ExtendableContext,
  lines: readonly (readonly [name: string, value: string])[],
): void {
  const { onerror, res } = ctx;
  ctx.onerror = (error) => {
    const { end } = res;
    function endWithLines(...args: unknown[]): typeof res {
      res.end = end;
      for (const [name, value] of lines) {
        // An application's own `onerror` may have left the headers alone.
        const there = [res.getHeader(name)].flat().includes(value);
        if (!there && !res.headersSent) res.appendHeader(name, value);
      }
      return Reflect.apply(end, res, args);
    }
    if (error != null && !res.headersSent) res.end = endWithLines;
    Reflect.apply(onerror, ctx, [error]);
  };
}
