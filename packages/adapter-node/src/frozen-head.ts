// The head of a response that nobody may change: that of an answer which waits for its session is as
// good as sent, so that whoever asks `headersSent` first, a timeout say, leaves it alone, and whoever
// doesn't is told; that of one which was dropped looks like any other, and nothing comes of it.

import { setStatusMessage } from "./apply-head.ts";
import type { ResponseLike } from "./node-types.ts";

interface Frozen {
  readonly own: readonly [name: string, descriptor: PropertyDescriptor | undefined][];
  readonly statusCode: number;
  readonly statusMessage: string;
}

const CHANGES = ["setHeader", "appendHeader", "removeHeader", "setHeaders"];
const frozenHeads = new WeakMap<ResponseLike, Frozen>();

/** From now on it is as good as sent. Does nothing when it is frozen already. */
export function freezeHead(res: ResponseLike): void {
  if (frozenHeads.has(res)) return;
  replace(res, () => refuseHead(res));
  Object.defineProperty(res, "headersSent", { configurable: true, value: true });
}

/**
 * From now on what is set is forgotten: an error would only lead to another page, or to a connection
 * that the framework cuts.
 */
export function muteHead(res: ResponseLike): void {
  if (!frozenHeads.has(res)) replace(res, () => res);
}

function replace(res: ResponseLike, change: () => unknown): void {
  const names = CHANGES.filter((name) => name in res);
  frozenHeads.set(res, {
    own: ["headersSent", ...names].map((name) => [
      name,
      Object.getOwnPropertyDescriptor(res, name),
    ]),
    statusCode: res.statusCode,
    statusMessage: res.req.httpVersionMajor < 2 ? res.statusMessage : "",
  });
  for (const name of names) {
    Object.defineProperty(res, name, { configurable: true, writable: true, value: change });
  }
}

/** Its status is then what it was: Node lets everybody set one, also after the head was sent. */
export function thawHead(res: ResponseLike): void {
  const frozen = frozenHeads.get(res);
  if (frozen === undefined) return;
  frozenHeads.delete(res);
  for (const [name, descriptor] of frozen.own) {
    if (descriptor === undefined) Reflect.deleteProperty(res, name);
    else Object.defineProperty(res, name, descriptor);
  }
  res.statusCode = frozen.statusCode;
  setStatusMessage(res, frozen.statusMessage);
}

/** Whether the head is sent, frozen or not. */
export function isSent(res: ResponseLike): boolean {
  return Reflect.get(Object.getPrototypeOf(res), "headersSent", res) === true;
}

/** As Node does once the head is sent. */
export function refuseHead(res: ResponseLike): never {
  const error = new Error("Cannot set headers after they are sent to the client");
  const code = res.req.httpVersionMajor < 2 ? "ERR_HTTP_HEADERS_SENT" : "ERR_HTTP2_HEADERS_SENT";
  throw Object.assign(error, { code });
}
