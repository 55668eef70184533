// One session for each user: of several that log in at once exactly one stays, the one that began
// last. Each ends the older ones, and itself when it finds a newer one: whichever looks last, sees all.

import { SessionError } from "./session-error.ts";
import { openRecord, type StoredSession } from "./session-record.ts";
import type { Store } from "./store.ts";

const PAGE = 1_000;
const MAX_ROUNDS = 100;
/** Clocks of servers differ by this much at most, unless one of them was wrong. */
const SKEW_MS = 60_000;

/**
 * @param id Of the record that has just logged in.
 * @returns Whether it stays.
 * @throws {SessionError} `ERR_SESSION_CONFLICT` when others keep writing theirs.
 */
export async function keepNewest(
  store: Store,
  owner: string,
  id: string,
  now: () => number,
): Promise<boolean> {
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const records = await store.listByOwner(owner, PAGE);
    const sessions = records.flatMap((record) => openRecord(record, now()) ?? []);
    const own = sessions.find(({ record }) => record.id === id);
    if (own === undefined) return false;
    const others = sessions.filter((session) => session !== own);
    const latest = now() + SKEW_MS;
    if (others.some((other) => beganAfter(other, own, latest))) {
      await store.delete(id);
      return false;
    }
    const ended = await Promise.all(others.map((other) => end(store, other, now())));
    if (records.length < PAGE && ended.every(Boolean)) return true;
  }
  throw new SessionError("ERR_SESSION_CONFLICT", "the user's other sessions are busy; try again");
}

/** @param latest Whatever claims to have begun after this moment did so by a clock that was wrong. */
function beganAfter(one: StoredSession, other: StoredSession, latest: number): boolean {
  const beganAt = ({ content: { head } }: StoredSession): number =>
    head.startedAt > latest ? -1 : head.startedAt;
  const later = beganAt(one) - beganAt(other);
  return later > 0 || (later === 0 && one.record.id > other.record.id);
}

/** @returns `false` when it has been written meanwhile, perhaps by a login, which may be the newest. */
async function end(store: Store, { record }: StoredSession, now: number): Promise<boolean> {
  const over = {
    ...record,
    expiresAt: Math.min(record.expiresAt, now),
    version: record.version + 1,
  };
  if (!(await store.replace(over))) return (await store.get(record.id)) === null;
  await store.delete(record.id);
  return true;
}
