export { type Latchkey, type LatchkeyOptions, latchkey } from "./latchkey.ts";
export type { AnyRequest, Middleware } from "./middleware.ts";
