// A hash as HMGET gives it → a record.
import type { StoredRecord } from "@latchkey/session-core";

/** In the order that `parseRecord` takes them. What is in them: see redis-scripts.ts. */
export const recordFields = ["h", "d"] as const;

const shape = /^(\S+) (\S+) (\S+) (\S+) \S+ \S+ (.*)$/s;

/**
 * @returns `null` where there is no record, or none that is live at `now`.
 * @throws {TypeError} For a hash that is not one of ours; doesn't say what is in it.
 */
export function parseRecord(
  id: string,
  [header, data]: readonly (string | null)[],
  now: number,
): StoredRecord | null {
  if (header === null || header === undefined) return null;
  const match = shape.exec(header);
  if (match === null || typeof data !== "string") throw new TypeError("not a record of ours");
  const [createdAt, seenAt, expiresAt, version] = match.slice(1, 5).map(Number);
  if (!isNumber(createdAt) || !isNumber(seenAt) || !isNumber(expiresAt) || !isNumber(version)) {
    throw new TypeError("not a record of ours");
  }
  if (now >= expiresAt) return null;
  const owner = parseOwner(match[5] ?? "");
  return { id, owner, data, createdAt, seenAt, expiresAt, version };
}

/** `''` for none, so that an owner whose name is empty is something else. */
export function ownerField(owner: string | null): string {
  return owner === null ? "" : `=${owner}`;
}

export function parseOwner(field: string): string | null {
  return field === "" ? null : field.slice(1);
}

function isNumber(value: number | undefined): value is number {
  return Number.isFinite(value);
}
