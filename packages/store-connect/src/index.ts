export type { ExpressSessionStore } from "./callback-store.ts";
export { type ConnectStoreOptions, connectStore } from "./connect-store.ts";
export {
  type ExpressSessionCookieOptions,
  expressSessionCookie,
} from "./express-session-cookie.ts";
export { type IronSessionCookieOptions, ironSessionCookie } from "./iron-session-cookie.ts";
export {
  type KeygripLike,
  type KoaSessionCookieOptions,
  type KoaSessionStore,
  koaSessionCookie,
} from "./koa-session-cookie.ts";
export {
  type Moved,
  type MoveSession,
  type MoveSessionsOptions,
  moveSessions,
} from "./move-sessions.ts";
export type { FoundSession, OldCookie, OldCookieOptions, OldSession } from "./old-cookie.ts";
