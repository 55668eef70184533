// A hash as HMGET gives it → a record.
import type { StoredRecord } from "@latchkey/session-core";

/** In the order that `parseRecord` takes them. */
export const recordFields = ["o", "d", "c", "s", "e", "v"] as const;

/**
 * @returns `null` where there is no record, or none that is live at `now`.
 * @throws {TypeError} For a hash that is not one of ours; says the field, not what is in it.
 */
export function parseRecord(
  id: string,
  values: readonly (string | null)[],
  now: number,
): StoredRecord | null {
  const [owner, data, createdAt, seenAt, expires, version] = values;
  if (expires === null || expires === undefined) return null;
  const expiresAt = time(expires, "e");
  if (now >= expiresAt) return null;
  return {
    id,
    owner: parseOwner(text(owner, "o")),
    data: text(data, "d"),
    createdAt: time(createdAt, "c"),
    seenAt: time(seenAt, "s"),
    expiresAt,
    version: time(version, "v"),
  };
}

/** `''` for none, so that an owner whose name is empty is something else. */
export function ownerField(owner: string | null): string {
  return owner === null ? "" : `=${owner}`;
}

export function parseOwner(field: string): string | null {
  return field === "" ? null : field.slice(1);
}

function time(value: string | null | undefined, field: string): number {
  const number = Number(text(value, field));
  if (!Number.isFinite(number)) throw new TypeError(`field ${field} of a record is no number`);
  return number;
}

function text(value: string | null | undefined, field: string): string {
  if (typeof value !== "string") throw new TypeError(`a record has no field ${field}`);
  return value;
}
