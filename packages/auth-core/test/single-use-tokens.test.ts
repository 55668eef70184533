import type { Store } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { expect, test } from "vitest";
import { createSingleUseTokens, newToken } from "../src/single-use-tokens.ts";

const now = (): number => 1_000;

test("38: of fifty who take a value at once, one gets it", async () => {
  const tokens = createSingleUseTokens(memoryStore({ now }), "reset", now);
  const token = newToken();
  expect(await tokens.keep(token, { user: "ann" }, 2_000)).toBe(true);
  expect(await tokens.read(token)).toEqual({ user: "ann" });
  const taken = await Promise.all(Array.from({ length: 50 }, () => tokens.take(token)));
  expect(taken.filter((value) => value !== null)).toEqual([{ user: "ann" }]);
  expect(await tokens.read(token)).toBeNull();
});

test("a value is gone when its time is over", async () => {
  let at = 1_000;
  const tokens = createSingleUseTokens(memoryStore({ now: () => at }), "reset", () => at);
  const token = newToken();
  await tokens.keep(token, { user: "ann" }, 2_000);
  at = 2_000;
  expect(await tokens.read(token)).toBeNull();
  expect(await tokens.take(token)).toBeNull();
});

test("45: what was kept for one purpose is not found for another", async () => {
  const store = memoryStore({ now });
  const token = newToken();
  await createSingleUseTokens(store, "login", now).keep(token, {}, 2_000);
  expect(await createSingleUseTokens(store, "reset", now).take(token)).toBeNull();
});

test("a taken token is refused, and the store doesn't know it", async () => {
  const store = memoryStore({ now });
  const tokens = createSingleUseTokens(store, "reset", now);
  const token = newToken();
  expect(token).toMatch(/^[\w-]{32}$/);
  await tokens.keep(token, { user: "ann" }, 2_000);
  expect(await tokens.keep(token, { user: "eve" }, 2_000)).toBe(false);
  const { records } = await store.scan("", null, 10);
  expect(records).toHaveLength(1);
  expect(JSON.stringify(records)).not.toContain(token);
});

test("15: what is no token never reaches the store", async () => {
  const store = memoryStore({ now });
  const asked: string[] = [];
  const watched: Store = {
    ...store,
    get(id) {
      asked.push(id);
      return store.get(id);
    },
  };
  const tokens = createSingleUseTokens(watched, "reset", now);
  for (const text of ["", "../x", "__proto__", "a".repeat(31), "a".repeat(33), "a".repeat(9_999)]) {
    expect(await tokens.take(text)).toBeNull();
  }
  expect(asked).toEqual([]);
});
