export type { Hook } from "./hook.ts";
export { type Latchkey, type LatchkeyOptions, latchkey } from "./latchkey.ts";
