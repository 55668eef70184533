// The contract that every backend fulfils, and the one error it may reject with.

/** One piece of server-side state: a session, a one-time code, a counter … */
export interface StoredRecord {
  /** Namespaced by its user, e.g. `session:…`, `otp:…`. */
  id: string;
  /** What listing and revoking by user go by, e.g. `session:user-42`. */
  owner: string | null;
  /** JSON, opaque to the store. */
  data: string;
  /** Epoch milliseconds. */
  createdAt: number;
  /** Epoch milliseconds of the last visit (throttled). */
  seenAt: number;
  /** Epoch milliseconds; a record is expired once now >= expiresAt. */
  expiresAt: number;
  /** Starts at 1, one more with every replace. */
  version: number;
}

/**
 * A backend. An expired record counts as absent everywhere. Every method is atomic against all
 * others, across processes where the backend is shared. There is no upsert: a blind write is what
 * loses updates and brings logged-out sessions back.
 *
 * Absence is a value; a method rejects only when the backend fails, with {@link StoreError}.
 * A third party proves its store with `storeContract` of `@latchkey/testing`.
 */
export interface Store {
  /** Inserts. `false` if a live record has this id. */
  create(record: StoredRecord): Promise<boolean>;
  /** `null` when absent or expired. */
  get(id: string): Promise<StoredRecord | null>;
  /**
   * Writes every field but `createdAt`, only if the stored version is `next.version - 1`.
   * May shorten or lengthen `expiresAt`. `false` otherwise, also for absent and expired records.
   */
  replace(next: StoredRecord): Promise<boolean>;
  /**
   * Extends a live record: `seenAt` and `expiresAt` (epoch ms) are raised, never lowered; the
   * version stays. `false` if the record is absent or expired; never creates one.
   */
  touch(id: string, seenAt: number, expiresAt: number): Promise<boolean>;
  /** `true` for exactly one of many callers, `false` if there was no live record. */
  delete(id: string): Promise<boolean>;
  /** At most `limit` live records of an owner, the last seen first. */
  listByOwner(owner: string, limit: number): Promise<StoredRecord[]>;
  /**
   * Walks all live records whose id starts with `prefix`, at most `limit` a page. Start with
   * cursor `null`; the walk is over when the answer's cursor is `null`. A record that is there
   * during the whole walk is seen at least once.
   */
  scan(
    prefix: string,
    cursor: string | null,
    limit: number,
  ): Promise<{ records: StoredRecord[]; cursor: string | null }>;
  /** Deletes an owner's live records but `exceptId`; how many there were. */
  deleteByOwner(owner: string, exceptId?: string): Promise<number>;
  /** Removes at most `limit` expired records; how many. 0 where the backend expires by itself. */
  deleteExpired(limit: number): Promise<number>;
}

/**
 * - `ERR_STORE_UNAVAILABLE`: the backend did not do its work; `cause` says why.
 * - `ERR_STORE_FULL`: no room for another record.
 * - `ERR_STORE_CLOSED`: used after it was closed.
 */
export type StoreErrorCode = "ERR_STORE_UNAVAILABLE" | "ERR_STORE_FULL" | "ERR_STORE_CLOSED";

/** A backend failed. Never says what was in the record. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
