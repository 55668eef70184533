// The head of a response that nobody may change: that of an answer which waits for its session is as
// good as sent, so that whoever asks `headersSent` first, a timeout say, leaves it alone, and whoever
// doesn't is told; that of one which was dropped looks like any other, and nothing comes of it.

import { setStatusMessage } from "./apply-head.ts";
import type { ResponseLike } from "./node-types.ts";

type Changes = Pick<ResponseLike, "setHeader" | "appendHeader" | "removeHeader" | "setHeaders">;

interface Head {
  /** What becomes of a change. */
  mode: "thawed" | "refuses" | "ignores";
  statusCode: number;
  statusMessage: string;
  readonly before: Changes;
}

const key: unique symbol = Symbol("head");
type Marked = ResponseLike & { [key]?: Head };

/** From now on it is as good as sent. Does nothing when it is frozen already. */
export function freezeHead(res: ResponseLike): void {
  freeze(res, "refuses");
}

/**
 * From now on what is set is forgotten: an error would only lead to another page, or to a connection
 * that the framework cuts.
 */
export function muteHead(res: ResponseLike): void {
  freeze(res, "ignores");
}

function freeze(res: Marked, mode: Head["mode"]): void {
  const head = res[key] ?? gate(res);
  if (head.mode !== "thawed") return;
  head.mode = mode;
  head.statusCode = res.statusCode;
  head.statusMessage = res.req.httpVersionMajor < 2 ? res.statusMessage : "";
}

/** Its status is then what it was: Node lets everybody set one, also after the head was sent. */
export function thawHead(res: Marked): void {
  const head = res[key];
  if (head === undefined || head.mode === "thawed") return;
  head.mode = "thawed";
  res.statusCode = head.statusCode;
  setStatusMessage(res, head.statusMessage);
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

// For good, and the same functions for all responses: properties that come and go, or differ from
// one to the next, make slow objects of them, 10 µs a request.
function gate(res: Marked): Head {
  const { setHeader, appendHeader, removeHeader, setHeaders } = res;
  const before = { setHeader, appendHeader, removeHeader, setHeaders };
  const head: Head = { mode: "thawed", statusCode: 0, statusMessage: "", before };
  res[key] = head;
  res.setHeader = gatedSetHeader;
  res.appendHeader = gatedAppendHeader;
  res.removeHeader = gatedRemoveHeader;
  if (setHeaders !== undefined) res.setHeaders = gatedSetHeaders;
  Object.defineProperty(res, "headersSent", sentOrAsGood);
  return head;
}

const gatedSetHeader = gateOf("setHeader");
const gatedAppendHeader = gateOf("appendHeader");
const gatedRemoveHeader = gateOf("removeHeader");
const gatedSetHeaders = gateOf("setHeaders");
const sentOrAsGood: PropertyDescriptor & ThisType<Marked> = {
  configurable: true,
  get() {
    return this[key]?.mode === "refuses" || isSent(this);
  },
};

function gateOf(name: keyof Changes): (this: Marked, ...args: unknown[]) => unknown {
  return function change(...args) {
    const head = this[key];
    if (head?.mode === "refuses") refuseHead(this);
    const before = head?.before[name];
    if (head?.mode === "ignores" || before === undefined) return this;
    return Reflect.apply(before, this, args);
  };
}
