export {
  type Client,
  type Connection,
  createClientReader,
  type TrustProxy,
} from "./client-reader.ts";
export { commitResponse } from "./commit-response.ts";
export {
  type Check,
  type GuardOptions,
  type Latchkey,
  type LatchkeyOptions,
  latchkey,
  type RequestInfo,
  type Visit,
} from "./latchkey.ts";
export { BODY_LIMIT, type BodyKind, bodyKind, parseBody, UNREADABLE } from "./parse-body.ts";
export { readBody } from "./read-body.ts";
export { replyResponse } from "./reply-response.ts";
export { WebExchange } from "./web-exchange.ts";
