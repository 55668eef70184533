// What all parts of the store contract share: the shape of a rule, records, races and the clock.
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Store, StoredRecord } from "@latchkey/session-core";
import type { StoreSubject } from "./store-contract.ts";

export interface StoreRule {
  /** A sentence that begins with the method, e.g. `touch never creates a record`. */
  readonly name: string;
  check(subject: StoreSubject, backend: { expiresByItself: boolean }): Promise<void>;
}

/** How many callers race for one thing. */
export const racers = 50;

/** Lifetime of a record that a test wants to see expire; really slept where the clock is real. */
export const soonMs = 700;

/** A record of version 1 that lives for ten minutes, unless `fields` say otherwise. */
export function newRecord(
  subject: StoreSubject,
  id: string,
  fields: Partial<StoredRecord> = {},
): StoredRecord {
  const now = subject.now();
  const expiresAt = now + 600_000;
  return {
    id,
    owner: null,
    data: "{}",
    createdAt: now,
    seenAt: now,
    expiresAt,
    version: 1,
    ...fields,
  };
}

/** Stores such a record and returns what was stored. */
export async function stored(
  subject: StoreSubject,
  id: string,
  fields: Partial<StoredRecord> = {},
): Promise<StoredRecord> {
  const record = newRecord(subject, id, fields);
  expectAnswer(await subject.store.create(record), true, `create('${id}') of a new id`);
  return record;
}

/** Lets time pass until `at` (epoch ms), on a fake clock to the very millisecond. */
export async function passUntil(subject: StoreSubject, at: number): Promise<void> {
  for (let tries = 0; subject.now() < at; tries++) {
    assert.ok(tries < 100, "advance(ms) of the subject must move the clock that its now() tells");
    await subject.advance(at - subject.now());
  }
}

/** Starts `count` calls at once, shared out over the clients, each a few microtasks later. */
export function race<T>(
  subject: StoreSubject,
  count: number,
  attempt: (store: Store, index: number) => Promise<T>,
): Promise<T[]> {
  const { store, peer = store } = subject;
  const one = async (index: number): Promise<T> => {
    for (let tick = index % 3; tick > 0; tick--) await null;
    return attempt(index % 2 === 0 ? store : peer, index);
  };
  return Promise.all(Array.from({ length: count }, (_, index) => one(index)));
}

/** Checks one answer of the store. */
export function expectAnswer(actual: unknown, expected: unknown, rule: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  assert.fail(`${rule}: expected ${show(expected)}, got ${show(actual)}`);
}

/** Checks the seven fields of a record; whatever else hangs on it is the store's own affair. */
export function expectRecord(
  actual: StoredRecord | null,
  expected: StoredRecord,
  rule: string,
): void {
  if (actual === null) assert.fail(`${rule}: the record is gone (null)`);
  for (const field of fields) {
    expectAnswer(actual[field], expected[field], `${rule}; field ${field}`);
  }
}

/** The ids of some records, sorted. */
export function idsOf(records: readonly StoredRecord[]): string[] {
  return records.map((record) => record.id).sort();
}

const fields = ["id", "owner", "data", "createdAt", "seenAt", "expiresAt", "version"] as const;

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
}
