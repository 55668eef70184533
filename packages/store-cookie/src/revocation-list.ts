// What has ended before its time, in a store: sessions by id, and all sessions of a user by an
// "epoch". Every session carries the epoch of its user from when it began; ending them all is a new
// epoch. Epochs are random, so nothing here depends on whose clock was ahead.

import { randomBytes } from "node:crypto";
import type { Store, StoredRecord } from "@latchkey/session-core";

export interface RevocationList {
  /** @returns The epoch that a session carries which begins now. */
  begin(session: { id: string; owner: string | null }): Promise<string>;
  allows(session: { id: string; owner: string | null; epoch: string }): Promise<boolean>;
  /** Ends one session. `true` for exactly one of many callers. */
  end(session: Ending): Promise<boolean>;
  /** The same, by a login that goes on under another id. An end that comes later ends both. */
  replace(session: Ending, nextId: string): Promise<boolean>;
  endAll(owner: string, exceptId: string | null): Promise<void>;
  /**
   * Ends all of an owner's sessions but one that has just begun, as one step.
   *
   * @returns `false` if that one is over already; then nothing was ended.
   */
  keepNewest(owner: string, id: string): Promise<boolean>;
}

/** A session that ends before its time. */
interface Ending {
  id: string;
  /** When it would be over anyway: epoch ms; `null` where nobody can tell. */
  endsAt: number | null;
  /** Nobody has logged in to it. What anybody can begin and end must not fill the list for the others. */
  anonymous: boolean;
}

/** Sessions of any other epoch are over, but for one. */
interface OwnerEntry {
  epoch: string;
  /** The one that was kept. `epoch` is the one it must have; `null` for any. */
  except: { id: string; epoch: string | null } | null;
}

const DAY_MS = 86_400_000;
/** Clocks of servers and databases differ, and are put right. */
const MARGIN_MS = DAY_MS;
/** The longest lifetime that `createSessions` allows. */
const MAX_LIFETIME_MS = 400 * DAY_MS;
/** Of how many sessions that began here the epoch is remembered: under 1 MB, and long enough for a login. */
const MAX_BEGUN = 4_000;

export function createRevocationList(store: Store, now: () => number): RevocationList {
  /** The epochs of the last sessions of users that began in this process, by id. */
  const begun = new Map<string, string>();
  const entryOf = (owner: string): Promise<StoredRecord | null> => store.get(byOwner(owner));

  function record(id: string, data: string, ending: Omit<Ending, "id">): StoredRecord {
    const at = now();
    const expiresAt = (ending.endsAt ?? at + MAX_LIFETIME_MS) + MARGIN_MS;
    // Stores that fill up keep room for records that have an owner.
    const owner = ending.anonymous ? null : id;
    return { id, owner, data, createdAt: at, seenAt: at, expiresAt, version: 1 };
  }

  async function end(ending: Ending): Promise<boolean> {
    const id = byId(ending.id);
    if (await store.create(record(id, "{}", ending))) return true;
    const next = nextIn(await store.get(id));
    return next !== null && end({ id: next, endsAt: null, anonymous: false });
  }

  /** @returns `false` when another one has ended them meanwhile: go on from there. */
  async function put(
    owner: string,
    old: StoredRecord | null,
    exceptId: string | null,
  ): Promise<boolean> {
    const data = JSON.stringify(nextEntry(old, exceptId));
    const fresh = record(byOwner(owner), data, { endsAt: null, anonymous: false });
    return old === null
      ? store.create(fresh)
      : store.replace({ ...fresh, version: old.version + 1 });
  }

  return {
    async begin({ id, owner }) {
      if (owner === null) return "";
      const entry = await entryOf(owner);
      const epoch = entry === null ? "" : (parseEntry(entry.data)?.epoch ?? "");
      const [oldest] = begun.size >= MAX_BEGUN ? begun.keys() : [];
      if (oldest !== undefined) begun.delete(oldest);
      begun.set(id, epoch);
      return epoch;
    },
    async allows({ id, owner, epoch }) {
      const [ended, entry] = await Promise.all([
        store.get(byId(id)),
        owner === null ? null : entryOf(owner),
      ]);
      if (ended !== null) return false;
      return entry === null || entryAllows(parseEntry(entry.data), id, epoch);
    },
    end,
    replace: (ending, nextId) =>
      store.create(record(byId(ending.id), JSON.stringify({ next: nextId }), ending)),
    async endAll(owner, exceptId) {
      for (;;) if (await put(owner, await entryOf(owner), exceptId)) return;
    },
    async keepNewest(owner, id) {
      for (;;) {
        const [ended, old] = await Promise.all([store.get(byId(id)), entryOf(owner)]);
        if (ended !== null) return false;
        // One that began elsewhere was let in a moment ago, or nobody would ask.
        const epoch = begun.get(id);
        const judged = old !== null && epoch !== undefined;
        if (judged && !entryAllows(parseEntry(old.data), id, epoch)) return false;
        if (await put(owner, old, id)) return true;
      }
    },
  };
}

const byId = (id: string): string => `revoked:${id}`;
const byOwner = (owner: string): string => `revoked-owner:${owner}`;

/** What was over already stays over, even if it is the one to keep. */
function nextEntry(old: StoredRecord | null, exceptId: string | null): OwnerEntry {
  const epoch = randomBytes(12).toString("base64url");
  if (exceptId === null) return { epoch, except: null };
  const before = old === null ? null : parseEntry(old.data);
  const again = before?.except?.id === exceptId ? before.except : null;
  return { epoch, except: again ?? { id: exceptId, epoch: before?.epoch ?? null } };
}

function entryAllows(entry: OwnerEntry | null, id: string, epoch: string): boolean {
  if (entry === null) return false; // Damaged.
  if (epoch === entry.epoch) return true;
  const { except } = entry;
  return id === except?.id && (except.epoch === null || except.epoch === epoch);
}

function parseEntry(data: string): OwnerEntry | null {
  const value = parseObject(data);
  if (typeof value["epoch"] !== "string") return null;
  const except = value["except"];
  if (typeof except !== "object" || except === null) return { epoch: value["epoch"], except: null };
  if (!("id" in except) || typeof except.id !== "string" || !("epoch" in except)) return null;
  if (typeof except.epoch !== "string" && except.epoch !== null) return null;
  return { epoch: value["epoch"], except: { id: except.id, epoch: except.epoch } };
}

function nextIn(ended: StoredRecord | null): string | null {
  const next = ended === null ? null : parseObject(ended.data)["next"];
  return typeof next === "string" ? next : null;
}

function parseObject(data: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
