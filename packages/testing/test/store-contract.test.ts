// The contract accepts a correct store and names what is wrong with every broken one.

import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "@latchkey/session-core";
import { describe, expect, test } from "vitest";
import { type StoreSubject, storeContract } from "../src/index.ts";
import { brokenStores } from "./broken-stores.ts";
import { moreBrokenStores } from "./broken-stores-more.ts";
import { type Rows, referenceStore } from "./reference-store.ts";

describe("a correct store passes", () => {
  storeContract({ test, create: async () => subject(() => ({})) });
});

describe("a correct store with a second client passes", () => {
  storeContract({
    test,
    create: async () => {
      const first = subject(() => ({}));
      return { ...first, peer: { ...first.store } };
    },
  });
});

describe("a correct store passes by the real clock", () => {
  const create = async (): Promise<StoreSubject> => ({
    store: referenceStore(new Map(), Date.now),
    now: Date.now,
    advance: sleep,
    close: async () => {},
  });
  storeContract({ test: test.concurrent, create });
});

test("a store that expires by itself may say 0", async () => {
  const create = async () => subject(() => ({ deleteExpired: async () => 0 }));
  expect(await failures({ create, expiresByItself: true })).toEqual([]);
});

describe("a broken store fails", () => {
  test.each([...brokenStores, ...moreBrokenStores])("$fault", async ({ broken, caughtBy }) => {
    const failed = await failures({ create: async () => subject(broken) });
    expect(failed.map(({ name }) => name)).toContainEqual(expect.stringContaining(caughtBy));
    expect(failed.filter(({ kind }) => kind !== "AssertionError")).toEqual([]);
  });
});

test("a failure says the rule, what was expected and what came", async () => {
  const broken = (): Partial<Store> => ({ delete: async () => true });
  const failed = await failures({ create: async () => subject(broken) });
  const messages = failed.map(({ message }) => message);
  expect(messages).toContain("delete of an absent id: expected false, got true");
  expect(messages).toContain("winners among 50 deletes of one record: expected 1, got 50");
});

test("the subject is closed after a failed rule too", async () => {
  let open = 0;
  const create = async (): Promise<StoreSubject> => {
    open++;
    const close = async (): Promise<void> => {
      open--;
    };
    return { ...subject(() => ({ get: async () => null })), close };
  };
  expect((await failures({ create })).length).toBeGreaterThan(5);
  expect(open).toBe(0);
});

test("a clock that stands still is reported, not waited for", async () => {
  const create = async () => ({ ...subject(() => ({})), advance: async () => {} });
  const failed = await failures({ create });
  expect(failed.map(({ message }) => message)).toContain(
    "advance(ms) of the subject must move the clock that its now() tells",
  );
});

type Broken = (rows: Rows, good: Store, now: () => number) => Partial<Store>;

function subject(broken: Broken): StoreSubject {
  let time = Date.UTC(2030, 0, 1);
  const now = (): number => time;
  const rows: Rows = new Map();
  const good = referenceStore(rows, now);
  return {
    store: { ...good, ...broken(rows, good, now) },
    now,
    advance: async (ms) => {
      time += ms;
    },
    close: async () => {},
  };
}

interface Failure {
  name: string;
  kind: string;
  message: string;
}

/** Runs all rules and returns those that fail. */
async function failures(
  options: Omit<Parameters<typeof storeContract>[0], "test">,
): Promise<Failure[]> {
  const rules: { name: string; fn: () => Promise<void> }[] = [];
  storeContract({ ...options, test: (name, fn) => rules.push({ name, fn }) });
  const failed: Failure[] = [];
  for (const { name, fn } of rules) {
    await fn().catch((error) => failed.push({ name, kind: error.name, message: error.message }));
  }
  return failed;
}
