// What isn't a session goes to the store for revocations: the whole contract of stores, but for the
// prefix that says "session".

import type { Store, StoredRecord } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { storeContract } from "@latchkey/testing";
import { describe, expect, it, test } from "vitest";
import { cookieStore } from "../src/index.ts";
import { loggedIn, SECRET, testApp, visit, whoIs } from "./browser.ts";

const into = (name: string): string => name.replace(/^session:/, "other:");
const outOf = (name: string): string => name.replace(/^other:/, "session:");

describe("records of other kinds", () => {
  storeContract({
    test,
    create: async () => {
      let time = Date.UTC(2030, 0, 1);
      const now = (): number => time;
      const keys = [SECRET];
      return {
        store: renamed(cookieStore({ keys, now, revocations: memoryStore({ now }) })),
        now,
        advance: async (ms) => {
          time += ms;
        },
        close: async () => {},
      };
    },
  });
});

describe("sessions from outside a request", () => {
  it("can't be seen or written, and can be ended by id", async () => {
    const app = testApp();
    const store = cookieStore({ keys: [SECRET], revocations: app.revocations, now: app.now });
    const jar = await loggedIn(app);
    const id = `session:${await visit(app, jar, (session) => session.id)}`;
    expect(await store.get(id)).toBeNull();
    expect(await store.listByOwner("session:ann", 10)).toEqual([]);
    expect(await store.scan("session:", null, 10)).toEqual({ records: [], cursor: null });
    expect(await store.touch(id, app.now(), app.now() + 1)).toBe(false);
    // Nobody can tell whose it is: `false` would say that it is over.
    const revoked = app.sessions.revoke("ann", id.slice("session:".length));
    await expect(revoked).rejects.toThrow(/^store can't end one session/);
    expect(await whoIs(app, jar)).toBe("ann");
    const ends = await Promise.all(Array.from({ length: 20 }, () => store.delete(id)));
    expect(ends.filter(Boolean)).toHaveLength(1);
    expect(await whoIs(app, jar)).toBeNull();
  });
});

/** The contract's own records are sessions; these are the same under another name. */
function renamed(store: Store): Store {
  const inside = (record: StoredRecord): StoredRecord => ({
    ...record,
    id: into(record.id),
    owner: record.owner === null ? null : into(record.owner),
  });
  const outside = (record: StoredRecord): StoredRecord => ({
    ...record,
    id: outOf(record.id),
    owner: record.owner === null ? null : outOf(record.owner),
  });
  return {
    create: (record) => store.create(inside(record)),
    async get(id) {
      const record = await store.get(into(id));
      return record === null ? null : outside(record);
    },
    replace: (next) => store.replace(inside(next)),
    touch: (id, seenAt, expiresAt) => store.touch(into(id), seenAt, expiresAt),
    delete: (id) => store.delete(into(id)),
    listByOwner: async (owner, limit) => (await store.listByOwner(into(owner), limit)).map(outside),
    async scan(prefix, cursor, limit) {
      const page = await store.scan(into(prefix), cursor, limit);
      return { records: page.records.map(outside), cursor: page.cursor };
    },
    deleteByOwner: (owner, exceptId) =>
      store.deleteByOwner(into(owner), exceptId === undefined ? undefined : into(exceptId)),
    deleteExpired: (limit) => store.deleteExpired(limit),
  };
}
