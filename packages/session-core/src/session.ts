// What a handler sees of a browser's session.

import type { Duration } from "./duration.ts";

/** How long a login lasts; each part defaults to the application's. */
export interface LoginLifetime {
  /** From the login on, whatever happens; `'browser'`: until it closes, and a day at the most. */
  lifetime?: Duration | "browser";
  /** Ends sooner without a visit for this long; `'off'`: never. */
  idle?: Duration | "off";
  /** A second factor was proven. Default `false`. */
  mfa?: boolean;
}

/** A browser's key-value data and who is logged in. Nothing is stored until something is written. */
export interface Session<User extends { id: string }, Data extends object> {
  /**
   * Stays the same while the record lives; what the browser holds changes with every login. `null`
   * until something is stored.
   */
  readonly id: string | null;
  /** Who is logged in; a snapshot taken at login unless `loadUser` is set. */
  readonly user: User | null;
  /** Logged in with a second factor. */
  readonly mfa: boolean;
  /**
   * JSON values. Top-level keys that changed, nested changes included, are written at the end of
   * the request. The same object throughout; it has no prototype, so that every key is plain.
   */
  readonly data: Partial<Data>;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** The visit before this one (throttled): epoch milliseconds. */
  readonly lastSeenAt: number;
  /** When it ends if nobody visits again: epoch milliseconds. */
  readonly expiresAt: number;
  /**
   * Whether the last visit was at most this long ago. When not, this request doesn't count as a
   * visit either, whatever it writes from then on; but a login does. (asfquart's `read(expiry_time)`.)
   */
  visitedWithin(maxAge: Duration): boolean;
  /**
   * Writes what changed now instead of at the end of the request.
   *
   * @throws {SessionError} `ERR_SESSION_ENDED` when it was logged out or rotated meanwhile.
   * @throws {StoreError} When the store fails.
   */
  save(): Promise<void>;
  /**
   * Changes one key atomically: no parallel request's change is lost. `change` may be called more
   * than once, each time with the newest value; `undefined` deletes the key.
   *
   * @returns What was written. Changes of `data` that wait are written along.
   * @throws {SessionError} `ERR_SESSION_ENDED` when it was logged out or rotated meanwhile.
   * @throws {StoreError} When the store fails.
   */
  update<K extends keyof Data & string>(
    key: K,
    change: (current: Data[K] | undefined) => Data[K],
  ): Promise<Data[K]>;
  /**
   * Makes this the session of a user. The old cookie is dead; the data stays, unless it belonged to
   * another user.
   *
   * @throws {SessionError} `ERR_SESSION_ENDED` when a user was logged in already and that session
   *   has ended meanwhile: it may have been part of the proof.
   * @throws {SessionError} `ERR_SESSION_LATE` once the response has begun.
   * @throws {StoreError} When the store fails; nothing has changed then, as far as it can tell.
   */
  login(user: User, options?: LoginLifetime): Promise<void>;
  /**
   * Ends the session for good. Parallel requests that still hold it can't write it any more.
   *
   * @throws {StoreError} When the store fails; the session may then still be there.
   */
  logout(): Promise<void>;
  /** The token for this session's forms: field `_csrf` or header `X-CSRF-Token`. */
  csrfToken(): string;
  /**
   * Whether this request may change state: it carries this session's token, or says that it comes
   * from this site's own pages and carries no token at all.
   */
  checkCsrf(token: string | undefined): boolean;
}
