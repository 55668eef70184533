// Settles what a guard has said of caching in whatever way the head is written: by the framework, or by
// a handler that answers by itself.

import { applyHead } from "./apply-head.ts";
import type { NodeExchange } from "./node-exchange.ts";
import type { ResponseLike } from "./node-types.ts";

/** For frameworks that commit by a hook of their own; `holdResponse` does it by itself. */
export function settleAtHead(res: ResponseLike, exchange: NodeExchange): void {
  if (!exchange.isPrivate) return;
  const { writeHead } = res;
  res.writeHead = (...args: unknown[]) => {
    applyHead(res, args);
    exchange.settleCache(res);
    return writeHead.call(res, res.statusCode);
  };
}
