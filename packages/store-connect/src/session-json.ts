// A record as an express-session session: JSON with the `cookie` that stores take the expiry from.

import type { StoredRecord } from "@latchkey/session-core";

/** A fresh object: some stores keep what they are given. */
export function toSession(record: StoredRecord, now: number): object {
  const maxAge = record.expiresAt - now;
  // connect-redis and MemoryStore go by `expires`; others by `maxAge` or `originalMaxAge` (all ms).
  const expires = new Date(record.expiresAt);
  const cookie = { expires, maxAge, originalMaxAge: maxAge, httpOnly: true, path: "/" };
  const { id, owner, data, createdAt, seenAt, expiresAt, version } = record;
  return { cookie, latchkey: { id, owner, data, createdAt, seenAt, expiresAt, version } };
}

/** `null` for a session that is not one of ours. */
export function fromSession(session: unknown): StoredRecord | null {
  if (!isObject(session) || !isObject(session["latchkey"])) return null;
  const { id, owner, data, createdAt, seenAt, expiresAt, version } = session["latchkey"];
  if (typeof id !== "string" || typeof data !== "string") return null;
  if (owner !== null && typeof owner !== "string") return null;
  if (typeof createdAt !== "number" || typeof seenAt !== "number") return null;
  if (typeof expiresAt !== "number" || typeof version !== "number") return null;
  return { id, owner, data, createdAt, seenAt, expiresAt, version };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
