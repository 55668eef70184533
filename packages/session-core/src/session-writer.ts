// The only ways a session reaches the store: a new record, or the next version of a live one. Where
// cookies hold the record, a login puts a new one in the place of the live one.

import { setTimeout as sleep } from "node:timers/promises";
import type { ExchangeStore, RecordStore } from "./exchange-store.ts";
import { applyChanges, type Changes } from "./session-changes.ts";
import { SessionError, sessionEnded } from "./session-error.ts";
import {
  encodeSession,
  expiryOf,
  openRecord,
  type SessionContent,
  type StoredSession,
} from "./session-record.ts";
import { SESSION_ID_BYTES } from "./session-token.ts";
import type { StoredRecord } from "./store.ts";
import type { WriteQueue } from "./write-queue.ts";

/** Namespace of session records, and of their owners. */
export const SESSION_PREFIX = "session:";

export interface WriterContext {
  store: RecordStore;
  /** The same store, where cookies hold the records. */
  sealed: ExchangeStore | null;
  queue: WriteQueue<StoredSession>;
  now: () => number;
  randomBytes: (size: number) => Uint8Array;
}

/** What a writer may change. */
export interface Draft {
  owner: string | null;
  content: SessionContent;
}

export function withChanges(draft: Draft, changes: Changes): Draft {
  const data = applyChanges(draft.content.data, changes);
  return { ...draft, content: { ...draft.content, data } };
}

// A loser starts again from the winner's version, so some writer always gets through.
const MAX_ATTEMPTS = 200;

/** Stores a record under a new random id. */
export async function createRecord(context: WriterContext, draft: Draft): Promise<StoredSession> {
  const record = newRecord(context, draft);
  if (await context.store.create(record)) return { record, content: draft.content };
  throw new SessionError("ERR_SESSION_CONFLICT", "the random source repeats itself");
}

/**
 * Puts a new record in the place of a live one.
 *
 * @throws {SessionError} `ERR_SESSION_ENDED` when that one is gone or over.
 */
export async function rotateRecord(
  context: WriterContext,
  sealed: ExchangeStore,
  base: StoredSession,
  change: (draft: Draft) => Draft,
): Promise<StoredSession> {
  const draft = change({ owner: base.record.owner, content: base.content });
  const record = newRecord(context, draft);
  if (await sealed.rotate(base.record.id, record)) return { record, content: draft.content };
  throw sessionEnded();
}

function newRecord(context: WriterContext, { owner, content }: Draft): StoredRecord {
  const now = context.now();
  const id = Buffer.from(context.randomBytes(SESSION_ID_BYTES)).toString("base64url");
  return {
    id: SESSION_PREFIX + id,
    owner,
    data: encodeSession(content),
    createdAt: now,
    seenAt: now,
    expiresAt: expiryOf(content.head, now),
    version: 1,
  };
}

/**
 * Writes the next version of a live record. `change` is applied to the newest content, again each
 * time another writer was faster.
 *
 * @param isVisit Whether it also lengthens the session as a visit does.
 * @throws {SessionError} `ERR_SESSION_ENDED` when the record is gone, over, or of another generation.
 */
export function writeRecord(
  context: WriterContext,
  base: StoredSession,
  change: (draft: Draft) => Draft,
  isVisit: boolean,
): Promise<StoredSession> {
  const { store, queue, now } = context;
  const { id } = base.record;
  const reload = async (): Promise<StoredSession | null> => {
    const record = await store.get(id);
    return record === null ? null : openRecord(record, now());
  };
  return queue(id, async (latest) => {
    const overtaken = latest !== null && latest.record.version > base.record.version;
    let current: StoredSession | null = overtaken ? latest : base;
    // What it keeps must be up to date: a visit changes no version.
    if (!isVisit) current = await reload();
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      // Over as far as this request knows; others may have visited meanwhile.
      if (current !== null && now() >= current.record.expiresAt) current = await reload();
      if (current?.content.head.generation !== base.content.head.generation) throw sessionEnded();
      const { record, content } = current;
      const draft = change({ owner: record.owner, content });
      const time = now();
      const next: StoredRecord = {
        ...record,
        owner: draft.owner,
        data: encodeSession(draft.content),
        seenAt: isVisit ? Math.max(time, record.seenAt) : record.seenAt,
        expiresAt: isVisit ? expiryOf(draft.content.head, time) : record.expiresAt,
        version: record.version + 1,
      };
      if (await store.replace(next)) return { record: next, content: draft.content };
      current = await reload();
      if (attempt > 3) await sleep(Math.random() * Math.min(attempt, 20));
    }
    throw new SessionError("ERR_SESSION_CONFLICT", "too many others write this session; try again");
  });
}
