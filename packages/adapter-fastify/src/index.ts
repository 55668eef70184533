export type { AnyReply, AnyRequest, Hook } from "./hook.ts";
export { type Latchkey, type LatchkeyOptions, latchkey } from "./latchkey.ts";
