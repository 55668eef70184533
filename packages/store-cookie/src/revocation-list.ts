// What has ended before its time, in a store: sessions by id, and all sessions of a user by an
// "epoch". Every session carries the epoch of its user from when it began; ending them all is a new
// epoch. Epochs are random, so nothing here depends on whose clock was ahead.

import { randomBytes } from "node:crypto";
import type { Store, StoredRecord } from "@latchkey/session-core";

export interface RevocationList {
  /** What a session of this owner that begins now carries. */
  epochOf(owner: string | null): Promise<string>;
  allows(session: { id: string; owner: string | null; epoch: string }): Promise<boolean>;
  /** Ends one session. `true` for exactly one of many callers. */
  end(session: Ending): Promise<boolean>;
  /** The same, by a login that goes on under another id. An end that comes later ends both. */
  replace(session: Ending, nextId: string): Promise<boolean>;
  endAll(owner: string, exceptId: string | null): Promise<void>;
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

export function createRevocationList(store: Store, now: () => number): RevocationList {
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

  return {
    async epochOf(owner) {
      const entry = owner === null ? null : await entryOf(owner);
      return entry === null ? "" : (parseEntry(entry.data)?.epoch ?? "");
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
      for (;;) {
        const old = await entryOf(owner);
        const data = JSON.stringify(nextEntry(old, exceptId));
        const fresh = record(byOwner(owner), data, { endsAt: null, anonymous: false });
        // False means that another one ended them meanwhile: go on from there.
        const written =
          old === null
            ? await store.create(fresh)
            : await store.replace({ ...fresh, version: old.version + 1 });
        if (written) return;
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
