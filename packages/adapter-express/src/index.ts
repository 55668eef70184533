export { type Latchkey, type LatchkeyOptions, latchkey } from "./latchkey.ts";
