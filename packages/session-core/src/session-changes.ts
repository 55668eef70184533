// What one request changed, key by key, and how that is laid over what others wrote meanwhile.

import { parseObject, toJson } from "./session-record.ts";

/** Changed top-level keys with their new JSON text; `null` deletes. */
export type Changes = ReadonlyMap<string, string | null>;

const none: Changes = new Map();

/** The top-level keys whose JSON differs between the stored text and the object now. */
export function changesSince(baseText: string, data: object): Changes {
  const text = toJson(data);
  if (text === baseText) return none; // By far the most common: nothing was touched.
  const changes = new Map<string, string | null>();
  const base = parseObject(baseText);
  for (const [key, value] of Object.entries(data)) {
    const now = toJson(value);
    const before = Object.hasOwn(base, key) ? JSON.stringify(base[key]) : undefined;
    if (now !== before) changes.set(key, now ?? null);
  }
  for (const key of Object.keys(base)) {
    if (!Object.hasOwn(data, key)) changes.set(key, null);
  }
  return changes;
}

/** Lays changes over stored JSON text: other keys stay as they are. */
export function applyChanges(baseText: string, changes: Changes): string {
  if (changes.size === 0) return baseText;
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(parseObject(baseText))) {
    texts.set(key, JSON.stringify(value));
  }
  for (const [key, text] of changes) {
    if (text === null) texts.delete(key);
    else texts.set(key, text);
  }
  const members = [...texts].map(([key, text]) => `${JSON.stringify(key)}:${text}`);
  return `{${members.join(",")}}`;
}

/**
 * Brings an object up to date with what is stored now. A key that was changed again while the
 * write was under way keeps its newer value, for the next write.
 *
 * @param written What the object had changed against `baseText` when the write began.
 */
export function refresh(
  data: Record<string, unknown>,
  written: Changes,
  baseText: string,
  newText: string,
): void {
  const pending = changesSince(baseText, data);
  const stored = parseObject(newText);
  const untouched = (key: string): boolean =>
    written.has(key)
      ? (toJson(data[key]) ?? null) === written.get(key) // also when changed back to the base
      : !pending.has(key);
  for (const key of Object.keys(data)) {
    if (!Object.hasOwn(stored, key) && untouched(key)) delete data[key];
  }
  for (const [key, value] of Object.entries(stored)) {
    if (untouched(key) && toJson(data[key]) !== JSON.stringify(value)) data[key] = value;
  }
}
