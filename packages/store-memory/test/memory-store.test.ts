// What is this store's own: its bound, and that it stays true to a simple model under random use.
import type { StoredRecord } from "@latchkey/session-core";
import { describe, expect, test } from "vitest";
import { type MemoryStoreOptions, memoryStore } from "../src/index.ts";

describe("the bound", () => {
  test("at 90 % records without owner are refused, those with one go on to 100 %", async () => {
    const { store, make } = subject({ maxRecords: 20 });
    for (let index = 0; index < 18; index++)
      expect(await store.create(make(`a${index}`))).toBe(true);
    await expect(store.create(make("a18"))).rejects.toMatchObject({ code: "ERR_STORE_FULL" });
    expect(await store.create(make("o1", "u1"))).toBe(true);
    expect(await store.create(make("o2", "u1"))).toBe(true);
    await expect(store.create(make("o3", "u1"))).rejects.toMatchObject({ code: "ERR_STORE_FULL" });
    expect(await store.get("a0")).not.toBeNull();
  });

  test("a refusal names the option and nothing of the record", async () => {
    const { store, make } = subject({ maxRecords: 1 });
    await store.create(make("a"));
    const refused = store.create({ ...make("session:secret-id"), data: '"secret"' });
    await expect(refused).rejects.toThrow(/maxRecords/);
    await expect(refused).rejects.not.toThrow(/secret/);
  });

  test("a taken id is still false, not full", async () => {
    const { store, make } = subject({ maxRecords: 1 });
    await store.create(make("a"));
    expect(await store.create(make("a"))).toBe(false);
  });

  test("expired records make room at once, without a purge", async () => {
    const { store, make, pass } = subject({ maxRecords: 10 });
    for (let index = 0; index < 9; index++) await store.create(make(`a${index}`, null, 1_000));
    pass(1_000);
    for (let index = 0; index < 9; index++)
      expect(await store.create(make(`b${index}`))).toBe(true);
    expect(await store.deleteExpired(100)).toBe(0);
  });

  test("an expired record's id can be created anew when full", async () => {
    const { store, make, pass } = subject({ maxRecords: 2 });
    await store.create(make("a", null, 1_000));
    await store.create(make("b"));
    pass(1_000);
    expect(await store.create(make("a"))).toBe(true);
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("maxRecords %s", (maxRecords) => {
    expect(() => memoryStore({ maxRecords })).toThrow(TypeError);
  });
});

test("100,000 expired records are gone in slices, and the live ones are not", async () => {
  const { store, make, pass } = subject({ maxRecords: 200_000 });
  for (let index = 0; index < 100_000; index++) {
    await store.create(make(`session:${index}`, `u${index % 1_000}`, 1 + (index % 5_000)));
  }
  await store.create(make("session:live", "u1"));
  pass(5_000);
  let slices = 0;
  while ((await store.deleteExpired(1_000)) === 1_000) slices++;
  expect(slices).toBe(100);
  expect(await store.listByOwner("u1", 10)).toHaveLength(1);
  expect((await store.scan("", null, 10)).records).toHaveLength(1);
});

test("scan looks at a bounded stretch per page and still finds the one match", async () => {
  const { store, make } = subject({});
  await store.create(make("otp:1"));
  for (let index = 0; index < 30_000; index++) await store.create(make(`session:${index}`));
  const first = await store.scan("otp:", null, 10);
  expect(first.records).toEqual([]);
  let { cursor, records } = first;
  let pages = 1;
  for (; cursor !== null; pages++) ({ cursor, records } = await store.scan("otp:", cursor, 10));
  expect(pages).toBe(4);
  expect(records.map((record) => record.id)).toEqual(["otp:1"]);
});

test("20,000 random calls agree with a plain map", async () => {
  const { store, make, now, pass } = subject({});
  const model = new Map<string, StoredRecord>();
  const random = lcg(42);
  const live = (id: string): StoredRecord | null => {
    const record = model.get(id);
    return record && now() < record.expiresAt ? record : null;
  };
  for (let step = 0; step < 20_000; step++) {
    const id = `session:${random(200)}`;
    const owner = random(3) === 0 ? null : `u${random(20)}`;
    const known = live(id);
    switch (random(8)) {
      case 0:
      case 1:
      case 2: {
        const record = make(id, owner, 1 + random(5_000));
        expect(await store.create(record)).toBe(known === null);
        if (!known) model.set(id, record);
        break;
      }
      case 3: {
        const next = { ...(known ?? make(id)), owner, version: (known?.version ?? 1) + 1 };
        next.expiresAt = now() + random(5_000);
        expect(await store.replace(next)).toBe(known !== null);
        if (known) model.set(id, next);
        break;
      }
      case 4: {
        const expiresAt = now() + random(9_000);
        expect(await store.touch(id, now(), expiresAt)).toBe(known !== null);
        if (known) {
          const raised = Math.max(known.expiresAt, expiresAt);
          model.set(id, { ...known, seenAt: Math.max(known.seenAt, now()), expiresAt: raised });
        }
        break;
      }
      case 5:
        expect(await store.delete(id)).toBe(known !== null);
        if (known) model.delete(id);
        break;
      case 6: {
        pass(random(20));
        const expired = [...model.keys()].filter((key) => !live(key));
        expect(await store.deleteExpired(3)).toBe(Math.min(3, expired.length));
        while ((await store.deleteExpired(100)) > 0);
        for (const key of expired) model.delete(key);
        break;
      }
      default: {
        if (owner === null) break;
        const owned = [...model.values()].filter((row) => row.owner === owner && live(row.id));
        const ids = (await store.listByOwner(owner, 300)).map((row) => row.id);
        expect(ids.sort()).toEqual(owned.map((row) => row.id).sort());
        if (random(10) > 0) break;
        expect(await store.deleteByOwner(owner)).toBe(owned.length);
        for (const row of owned) model.delete(row.id);
      }
    }
    expect(await store.get(id)).toEqual(live(id));
  }
});

function subject(options: MemoryStoreOptions) {
  let time = Date.UTC(2030, 0, 1);
  const now = (): number => time;
  return {
    store: memoryStore({ ...options, now }),
    now,
    pass: (ms: number): void => {
      time += ms;
    },
    make: (id: string, owner: string | null = null, livesMs = 600_000): StoredRecord => ({
      id,
      owner,
      data: "{}",
      createdAt: time,
      seenAt: time,
      expiresAt: time + livesMs,
      version: 1,
    }),
  };
}

/** Whole numbers below `limit`, the same in every run. Numerical Recipes' generator. */
function lcg(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
