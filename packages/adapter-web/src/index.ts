export { commitResponse } from "./commit-response.ts";
export {
  type Check,
  type Latchkey,
  type LatchkeyOptions,
  latchkey,
  type RequestInfo,
  type Visit,
} from "./latchkey.ts";
export { readBody } from "./read-body.ts";
export { replyResponse } from "./reply-response.ts";
export { WebExchange } from "./web-exchange.ts";
