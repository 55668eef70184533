export { type AnswerStage, isReplaceable } from "./answer-stage.ts";
export { type Committable, isDirty } from "./committable.ts";
export { copyHeaders } from "./copy-headers.ts";
export { holdNothing } from "./hold-nothing.ts";
export { type Hold, type HoldEvents, holdResponse } from "./hold-response.ts";
export {
  type Answer,
  type Check,
  type Latchkey,
  type LatchkeyOptions,
  latchkey,
} from "./latchkey.ts";
export { NodeExchange } from "./node-exchange.ts";
export type { NodeRequest, NodeResponse, ResponseLike } from "./node-types.ts";
export { readBody } from "./read-body.ts";
export { saveBeforeEnd } from "./save-before-end.ts";
export { sendReply } from "./send-reply.ts";
export { settleAtHead } from "./settle-at-head.ts";
export { createUpgradeReader, type Upgrade, type UpgradeReaderOptions } from "./upgrade-reader.ts";
