// The record behind one request's session: what was read, the data object that the handler changes,
// and how those changes reach the store.

import type { ExchangeStore } from "./exchange-store.ts";
import { type JsonMemo, sameMembers } from "./json-memo.ts";
import { type Changes, changesSince, refresh } from "./session-changes.ts";
import {
  copyObject,
  expiryOf,
  parseObject,
  type SessionHead,
  type StoredSession,
  toJson,
} from "./session-record.ts";
import {
  createRecord,
  type Draft,
  rotateRecord,
  type WriterContext,
  withChanges,
  writeRecord,
} from "./session-writer.ts";

const noChanges: Changes = new Map();
const EMPTY = "{}";

export class HeldRecord<Data extends object> {
  readonly #context: WriterContext;
  #stored: StoredSession | null;
  #data: Partial<Data> | null = null;
  readonly #memo: JsonMemo<Partial<Data>> | null;
  #countsAsVisit = true;
  /** The last answer of {@link changes}, and to what. */
  #known: { baseText: string; text: string | undefined; changes: Changes } | null = null;

  /** @param memo What other requests with this cookie found in the record. */
  constructor(
    context: WriterContext,
    stored: StoredSession | null,
    memo: JsonMemo<Partial<Data>> | null,
  ) {
    this.#context = context;
    this.#stored = stored;
    this.#memo = memo;
  }

  /** `null` while nothing is stored. */
  get stored(): StoredSession | null {
    return this.#stored;
  }

  /** The same object for the whole request. */
  get data(): Partial<Data> {
    if (this.#data !== null) return this.#data;
    const text = this.#text();
    const flat = this.#memo?.flat(text) ?? null;
    this.#data = flat === null ? parseObject<Partial<Data>>(text) : copyObject(flat);
    return this.#data;
  }

  /** What the handler changed since the record was read or written. */
  changes(): Changes {
    if (this.#data === null) return noChanges;
    const baseText = this.#text();
    const flat = this.#memo?.flat(baseText) ?? null;
    // By far the most common: nothing was touched.
    if (flat !== null && sameMembers(this.#data, flat)) return noChanges;
    const text = toJson(this.#data);
    if (text === baseText) return noChanges;
    // Asked several times in one commit.
    if (this.#known?.baseText !== baseText || this.#known.text !== text) {
      this.#known = { baseText, text, changes: changesSince(baseText, this.#data) };
    }
    return this.#known.changes;
  }

  /** Stores the handler's changes, and what `change` makes of them, as a new record. */
  async create(head: SessionHead, change: (draft: Draft) => Draft): Promise<void> {
    const changes = this.changes();
    const blank: Draft = { owner: null, content: { head, user: "null", data: EMPTY } };
    this.#take(await createRecord(this.#context, change(withChanges(blank, changes))), changes);
  }

  /** Lays the handler's changes, and `change`, over the newest version. */
  replace(base: StoredSession, change: (draft: Draft) => Draft): Promise<void> {
    return this.#replace(base, change, this.#countsAsVisit);
  }

  /** The same for a login, after which no old cookie may be worth anything. */
  rotate(base: StoredSession, change: (draft: Draft) => Draft): Promise<void> {
    const { sealed } = this.#context;
    if (sealed === null) return this.#replace(base, change, true); // A new generation does it.
    return this.#putInPlace(sealed, base, change);
  }

  /** From now on neither this request nor what it writes counts as a visit; a login does. */
  ignoreVisit(): void {
    this.#countsAsVisit = false;
  }

  /** Whether the last visit on record is old enough for another one. */
  visitDue(at: number, touchEveryMs: number): boolean {
    if (this.#stored === null || !this.#countsAsVisit) return false;
    const { record, content } = this.#stored;
    // More rarely than this, and a visit in time could go unnoticed.
    const everyMs = Math.min(touchEveryMs, (content.head.idleMs ?? Infinity) / 10);
    if (at - record.seenAt >= everyMs) return true;
    // A request from before a login may come in late with its visit, and counts it by the old limits.
    return record.expiresAt < expiryOf(content.head, record.seenAt);
  }

  /** Records a visit, if it isn't over. */
  async visit(): Promise<void> {
    if (this.#stored === null) return;
    const { record, content } = this.#stored;
    const seenAt = this.#context.now();
    // Too late to be a visit. The store may not know: see `openRecord`.
    if (seenAt >= record.expiresAt) return;
    const expiresAt = expiryOf(content.head, seenAt);
    await this.#context.store.touch(record.id, seenAt, expiresAt);
    this.#stored = { record: { ...record, seenAt, expiresAt }, content };
  }

  /** Lets go of a record that is gone, and of its data. */
  drop(): void {
    this.#stored = null;
    if (this.#data !== null) keepOnly(this.#data, noChanges);
  }

  /** Lets go of a record that is gone; what this request changed is kept, for a new one. */
  abandon(): void {
    if (this.#data !== null) keepOnly(this.#data, this.changes());
    this.#stored = null;
  }

  async #replace(
    base: StoredSession,
    change: (draft: Draft) => Draft,
    isVisit: boolean,
  ): Promise<void> {
    const changes = this.changes();
    const write = (draft: Draft): Draft => change(withChanges(draft, changes));
    this.#take(await writeRecord(this.#context, base, write, isVisit), changes);
  }

  async #putInPlace(
    sealed: ExchangeStore,
    base: StoredSession,
    change: (draft: Draft) => Draft,
  ): Promise<void> {
    const changes = this.changes();
    const write = (draft: Draft): Draft => change(withChanges(draft, changes));
    this.#take(await rotateRecord(this.#context, sealed, base, write), changes);
  }

  #text(): string {
    return this.#stored?.content.data ?? EMPTY;
  }

  #take(stored: StoredSession, written: Changes): void {
    const newText = stored.content.data;
    if (this.#data !== null && toJson(this.#data) !== newText) {
      refresh(this.#data, written, this.#text(), newText);
    }
    this.#stored = stored;
  }
}

function keepOnly(data: object, changes: Changes): void {
  for (const key of Object.keys(data)) if (!changes.has(key)) Reflect.deleteProperty(data, key);
}
