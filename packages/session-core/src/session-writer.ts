// The only two ways a session reaches the store: a new record, or the next version of a live one.

import { setTimeout as sleep } from "node:timers/promises";
import { SessionError } from "./session-error.ts";
import { decodeSession, encodeSession, expiryOf, type SessionContent } from "./session-record.ts";
import { SESSION_ID_BYTES } from "./session-token.ts";
import type { Store, StoredRecord } from "./store.ts";
import type { WriteQueue } from "./write-queue.ts";

/** Namespace of session records, and of their owners. */
export const SESSION_PREFIX = "session:";

export interface WriterContext {
  store: Store;
  queue: WriteQueue;
  now: () => number;
  randomBytes: (size: number) => Uint8Array;
}

export interface Draft {
  owner: string | null;
  content: SessionContent;
}

// A loser starts again from the winner's version, so some writer always gets through.
const MAX_ATTEMPTS = 200;

/** Stores a record under a new random id. */
export async function createRecord(context: WriterContext, draft: Draft): Promise<StoredRecord> {
  const now = context.now();
  const id = Buffer.from(context.randomBytes(SESSION_ID_BYTES)).toString("base64url");
  const record: StoredRecord = {
    id: SESSION_PREFIX + id,
    owner: draft.owner,
    data: encodeSession(draft.content),
    createdAt: now,
    seenAt: now,
    expiresAt: expiryOf(draft.content.head, now),
    version: 1,
  };
  if (await context.store.create(record)) return record;
  throw new SessionError("ERR_SESSION_CONFLICT", "the random source repeats itself");
}

/**
 * Writes the next version of a live record. `change` is applied to the newest content, again each
 * time another writer was faster.
 *
 * @throws {SessionError} `ERR_SESSION_ENDED` when the record is gone or of another generation.
 */
export function writeRecord(
  context: WriterContext,
  base: StoredRecord,
  generation: number,
  change: (draft: Draft) => Draft,
): Promise<StoredRecord> {
  return context.queue(base.id, async (latest) => {
    let record = latest !== null && latest.version > base.version ? latest : base;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const content = decodeSession(record.data);
      if (content === null || content.head.generation !== generation) throw ended();
      const draft = change({ owner: record.owner, content });
      const now = context.now();
      const next: StoredRecord = {
        ...record,
        owner: draft.owner,
        data: encodeSession(draft.content),
        seenAt: Math.max(now, record.seenAt),
        expiresAt: expiryOf(draft.content.head, now),
        version: record.version + 1,
      };
      if (await context.store.replace(next)) return next;
      const newest = await context.store.get(record.id);
      if (newest === null) throw ended();
      record = newest;
      if (attempt > 3) await sleep(Math.random() * Math.min(attempt, 20));
    }
    throw new SessionError("ERR_SESSION_CONFLICT", "too many others write this session; try again");
  });
}

function ended(): SessionError {
  return new SessionError(
    "ERR_SESSION_ENDED",
    "the session was logged out, rotated or revoked meanwhile; nothing was written",
  );
}
