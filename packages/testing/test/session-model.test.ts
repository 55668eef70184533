import type { Store, StoredRecord } from "@latchkey/session-core";
import { describe, expect, it, test } from "vitest";
import { sessionModel } from "../src/session-model.ts";
import type { StoreSubject } from "../src/store-contract.ts";
import { type Rows, referenceStore } from "./reference-store.ts";

type Break = (store: Store, rows: Rows) => Partial<Store>;

function subject(breakIt: Break = () => ({})): StoreSubject {
  let time = Date.UTC(2030, 0, 1);
  const now = (): number => time;
  const rows: Rows = new Map();
  const store = referenceStore(rows, now);
  return {
    store: { ...store, ...breakIt(store, rows) },
    now,
    advance: async (ms) => {
      time += ms;
    },
    close: async () => {},
  };
}

describe("a store that keeps the contract", () => {
  sessionModel({
    test: (name, fn) => test(name, fn, 120_000),
    create: async () => subject(),
    runs: 500,
  });
});

const aMoment = (): Promise<void> => new Promise(setImmediate);

/** Each of these has been somebody's session store. */
const broken: [name: string, breakIt: Break][] = [
  [
    "whose replace ignores the version: lost updates",
    (store, rows) => ({
      replace: async (next) => {
        const row = rows.get(next.id);
        return row !== undefined && store.replace({ ...next, version: row.version + 1 });
      },
    }),
  ],
  [
    "whose replace looks at the version first and writes a moment later",
    (store, rows) => ({
      replace: async (next) => {
        if ((await store.get(next.id))?.version !== next.version - 1) return false;
        await aMoment();
        rows.set(next.id, { ...next });
        return true;
      },
    }),
  ],
  [
    "whose replace inserts what is gone: logged-out sessions come back",
    (store, rows) => ({
      replace: async (next) => {
        if (rows.has(next.id)) return store.replace(next);
        rows.set(next.id, { ...next });
        return true;
      },
    }),
  ],
  [
    "whose touch creates again what is gone",
    (store, rows) => {
      const last = new Map<string, StoredRecord>();
      const remember = async (record: StoredRecord, done: Promise<boolean>): Promise<boolean> => {
        last.set(record.id, { ...record });
        return done;
      };
      return {
        create: (record) => remember(record, store.create(record)),
        replace: (next) => remember(next, store.replace(next)),
        touch: async (id, seenAt, expiresAt) => {
          const gone = last.get(id);
          if (!rows.has(id) && gone !== undefined) rows.set(id, { ...gone, seenAt, expiresAt });
          return store.touch(id, seenAt, expiresAt);
        },
      };
    },
  ],
  [
    "whose touch writes the whole record back as it read it",
    (store, rows) => ({
      touch: async (id, seenAt, expiresAt) => {
        const read = await store.get(id);
        if (read === null) return false;
        await aMoment();
        rows.set(id, { ...read, seenAt, expiresAt });
        return true;
      },
    }),
  ],
  [
    "whose delete answers before it is done",
    (store) => ({
      delete: async (id) => {
        setImmediate(() => void store.delete(id));
        return (await store.get(id)) !== null;
      },
    }),
  ],
  [
    "whose delete forgets every third record",
    (store) => {
      let calls = 0;
      return {
        delete: async (id) => {
          calls += 1;
          return calls % 3 === 0 || store.delete(id);
        },
      };
    },
  ],
  [
    "whose get answers from a cache",
    (store) => {
      const cache = new Map<string, { record: StoredRecord; uses: number }>();
      return {
        get: async (id) => {
          const known = cache.get(id);
          if (known !== undefined && known.uses-- > 0) return { ...known.record };
          const record = await store.get(id);
          if (record !== null) cache.set(id, { record: { ...record }, uses: 2 });
          return record;
        },
      };
    },
  ],
  [
    "that lists by the owner at creation: a user's sessions are not revoked",
    (store, rows) => {
      const owners = new Map<string, string | null>();
      return {
        create: (record) => {
          owners.set(record.id, record.owner);
          return store.create(record);
        },
        deleteByOwner: async (owner, exceptId) => {
          const ids = [...rows.keys()].filter((id) => owners.get(id) === owner && id !== exceptId);
          return ids.filter((id) => rows.delete(id)).length;
        },
      };
    },
  ],
  [
    "whose deleteByOwner misses what is written meanwhile",
    (store, rows) => ({
      deleteByOwner: async (owner) => {
        const before = await store.listByOwner(owner, 100);
        await aMoment();
        const same = before.filter(({ id, version }) => rows.get(id)?.version === version);
        return same.filter(({ id }) => rows.delete(id)).length;
      },
    }),
  ],
  ["whose touch does nothing: visited sessions end", () => ({ touch: async () => true })],
];

/** What the first law that a broken store breaks has to say; `null` if it gets through. */
async function complaint(breakIt: Break): Promise<string | null> {
  const tests: (() => Promise<void>)[] = [];
  sessionModel({
    test: (_name, fn) => tests.push(fn),
    create: async () => subject(breakIt),
    runs: 1_000,
    seed: 7,
  });
  for (const run of tests) {
    const fault = await run().catch((error: unknown) => error);
    if (fault instanceof Error) return String(fault.cause);
  }
  return null;
}

describe("a broken store is caught", () => {
  for (const [name, breakIt] of broken) {
    it(name, async () => {
      expect(await complaint(breakIt)).toMatch(/lost|back|gone|again|ended|refused|twice|both/);
    }, 120_000);
  }
});
