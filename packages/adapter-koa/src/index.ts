export { type Latchkey, type LatchkeyOptions, latchkey } from "./latchkey.ts";
export type { AnyContext, Middleware } from "./middleware.ts";
