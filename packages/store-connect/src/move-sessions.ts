// Moves people over from an older session library: a genuine old cookie becomes a login, once.

import { type Duration, durationMs, type Session, type Store } from "@latchkey/session-core";
import { createMovedNotes, type MovedNote } from "./moved-notes.ts";
import { cookieReader, type FoundSession, type OldCookie } from "./old-cookie.ts";

/** Whom an old session belonged to. */
export interface Moved<User extends { id: string }, Data extends object> {
  readonly user: User;
  /** Written over what the new session has. */
  readonly data?: Partial<Data>;
  /** The old application had asked for a second factor. Default `false`. */
  readonly mfa?: boolean;
}

export interface MoveSessionsOptions<User extends { id: string }, Data extends object> {
  /** Remembers which old sessions were moved: the store of the new sessions, say. */
  readonly store: Store;
  /** What to accept; the first that has someone logged in is taken. */
  readonly from: readonly OldCookie[];
  /** Who it was; `null` when nobody was logged in, or may be any more: the old session then stays. */
  readonly toUser: (
    old: Record<string, unknown>,
  ) => Moved<User, Data> | null | Promise<Moved<User, Data> | null>;
  /** The most that the new session may last. Default `'30d'`. */
  readonly lifetime?: Duration;
  /** `true` lets the new session last longer than what was left of the old one. Default `false`. */
  readonly lengthen?: boolean;
  /** The clock, epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number;
}

/**
 * Moves the session of one request, if it has an old cookie and nobody is logged in yet.
 *
 * @param cookieHeader The request's `Cookie` header.
 * @param setCookie Appends a `Set-Cookie` header to the response.
 * @returns Whether someone was logged in by it.
 * @throws {StoreError} When a store fails, the old or the new one; whatever `toUser` throws.
 * @throws {TypeError} When `toUser` gives a user without an `id` that is a string.
 */
export type MoveSession<User extends { id: string }, Data extends object> = (
  session: Session<User, Data>,
  cookieHeader: string | undefined,
  setCookie: (value: string) => void,
) => Promise<boolean>;

/**
 * Accepts the session cookies of older libraries. The person is logged in by `session.login`, the
 * old session is destroyed, and its cookie removed.
 *
 * Each old session is good for one moment: ten seconds after its move was done, so that parallel
 * requests of one page all succeed. From then on every copy of its cookie is refused, also where
 * the old session was nothing but a cookie. A move that fails half-way is done by a later request.
 *
 * The new session ends when the old one would have ended, at the latest, unless `lengthen` is
 * `true`; one without an end of its own becomes `'browser'`: until it closes, and a day at most.
 *
 * @throws {TypeError} That names the option, for values that are wrong.
 *
 * @example
 * ```ts
 * import { latchkey } from "@latchkey/adapter-express";
 * import {
 *   type ExpressSessionStore,
 *   expressSessionCookie,
 *   moveSessions,
 * } from "@latchkey/store-connect";
 * import { memoryStore } from "@latchkey/store-memory";
 * import express from "express";
 *
 * declare const oldStore: ExpressSessionStore; // what was passed to express-session
 * const store = memoryStore();
 * const auth = latchkey({ store, keys: [process.env["SESSION_KEY"] ?? ""] });
 * const move = moveSessions({
 *   store,
 *   from: [expressSessionCookie({ store: oldStore, secret: process.env["OLD_SECRET"] ?? "" })],
 *   toUser({ userId }) {
 *     const known = typeof userId === "string" || typeof userId === "number";
 *     return known ? { user: { id: String(userId) } } : null;
 *   },
 * });
 *
 * const app = express();
 * app.use(auth.session, async (req, res, next) => {
 *   await move(auth.sessionOf(req), req.headers.cookie, (line) => res.append("Set-Cookie", line));
 *   next();
 * });
 * app.use(auth.errors);
 * ```
 */
export function moveSessions<
  User extends { id: string } = { id: string },
  Data extends object = Record<string, unknown>,
>(options: MoveSessionsOptions<User, Data>): MoveSession<User, Data> {
  const { store, from, toUser, lifetime = "30d", lengthen = false, now = Date.now } = options;
  if (typeof store?.create !== "function") throw new TypeError("store must be a Latchkey store");
  if (!(from?.length > 0)) throw new TypeError("from must be a list of old cookies");
  if (typeof toUser !== "function") throw new TypeError("toUser must be a function");
  const lifetimeMs = durationMs(lifetime, "lifetime");
  if (lifetimeMs > durationMs("400d")) throw new TypeError("lifetime must be 400 days at most");
  const notes = createMovedNotes<Moved<User, Data>>(store, now);

  type Note = MovedNote<Moved<User, Data>>;

  /** What becomes of a genuine old session. */
  async function judge(found: FoundSession, loggedIn: boolean): Promise<Note | "over" | "stays"> {
    const known = await notes.recall(found);
    if (known === "over") return known;
    if (known !== "never moved" && known.doneAt !== null) return known;
    const old = await found.load();
    if (old === null) {
      // Over, unless a move has ended it: one that was left half-way, or a parallel one just now.
      const newest = await notes.recall(found);
      return newest === "never moved" ? "over" : newest;
    }
    // Someone has logged in beside it: it must not come back after their logout.
    if (loggedIn) return notes.begin(found, old, null);
    const moved = await toUser(old.data);
    if (moved === null) return "stays";
    checkUser(moved);
    return notes.begin(found, old, moved);
  }

  async function enter(session: Session<User, Data>, note: Note): Promise<boolean> {
    const { payload, expiresAt } = note;
    const lasting = lifetimeUntil(expiresAt);
    if (payload === null || lasting === null || session.user !== null) return false;
    Object.assign(session.data, payload.data); // Which the login writes along.
    await session.login(payload.user, { lifetime: lasting, mfa: payload.mfa === true });
    return true;
  }

  function lifetimeUntil(expiresAt: number | null): Duration | "browser" | null {
    if (lengthen) return lifetime;
    if (expiresAt === null) return "browser";
    const leftMs = Math.floor(Math.min(expiresAt - now(), lifetimeMs));
    return leftMs > 0 ? `${leftMs}ms` : null;
  }

  /** Whether it is noted that the move is done. */
  async function isNoted(found: FoundSession, note: Note, entered: boolean): Promise<boolean> {
    if (note.doneAt !== null) return true;
    try {
      await notes.finish(found, note);
      return true;
    } catch (error) {
      // It may be noted all the same; who got an error page now, and came back after the moment,
      // would be out for good. The next request has both cookies, and does it.
      if (entered) return false;
      throw error;
    }
  }

  return async (session, cookieHeader, setCookie) => {
    const read = cookieReader(cookieHeader ?? "");
    for (const cookie of from) {
      const present = cookie.names.filter((name) => read(name) !== null);
      const found = present.length === 0 ? null : await cookie.find(read);
      if (found === null) continue;
      const note = await judge(found, session.user !== null);
      if (note === "stays") continue;
      // First, so that however often it fails, no session is made that no browser hears of.
      await found.end();
      const entered = note !== "over" && (await enter(session, note));
      if (note !== "over" && !(await isNoted(found, note, entered))) return true;
      for (const name of present) setCookie(cookie.clear(name));
      if (entered) return true;
    }
    return false;
  };
}

/** Before anything is noted: what can't log in now never could. */
function checkUser({ user }: Moved<{ id: string }, object>): void {
  if (typeof user?.id === "string" && user.id !== "") return;
  throw new TypeError("toUser must give a user whose id is a string that is not empty");
}
