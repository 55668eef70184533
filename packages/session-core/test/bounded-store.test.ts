// No call of a bounded store hangs, and a backend that keeps failing is left alone for a while.

import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { boundedStore, StoreError } from "../src/index.ts";
import { mapStore } from "./map-store.ts";

const record = {
  id: "session:a",
  owner: null,
  data: "{}",
  createdAt: 0,
  seenAt: 0,
  expiresAt: Number.MAX_SAFE_INTEGER,
  version: 1,
};
const never = (): Promise<never> => new Promise(() => {});
const unavailable = expect.objectContaining({ code: "ERR_STORE_UNAVAILABLE" });

test("answers what the store answers", async () => {
  const store = boundedStore(mapStore(Date.now));
  expect(await store.create(record)).toBe(true);
  expect(await store.get(record.id)).toEqual(record);
  expect(await store.replace({ ...record, version: 2 })).toBe(true);
  expect(await store.touch(record.id, 1, 1)).toBe(true);
  expect(await store.listByOwner("nobody", 10)).toEqual([]);
  expect((await store.scan("session:", null, 10)).records).toHaveLength(1);
  expect(await store.delete(record.id)).toBe(true);
  expect(await store.deleteByOwner("nobody")).toBe(0);
  expect(await store.deleteExpired(10)).toBe(0);
});

test("a store that hangs: every call rejects in time, and soon at once", async () => {
  const inner = mapStore(Date.now);
  inner.before = never;
  const store = boundedStore(inner, { timeout: "50ms" });
  const began = performance.now();
  const calls = Array.from({ length: 50 }, () => store.get("session:a"));
  const outcomes = await Promise.allSettled(calls);
  expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
  expect(performance.now() - began).toBeLessThan(500);
  const asked = inner.calls.length;
  for (let turn = 0; turn < 20; turn++)
    await expect(store.get("session:a")).rejects.toEqual(unavailable);
  expect(inner.calls.length).toBe(asked);
});

test("one call after another: given up within a second, back within a second", async () => {
  const inner = mapStore(Date.now);
  inner.before = never;
  const store = boundedStore(inner, { timeout: "400ms" });
  const began = performance.now();
  while (performance.now() - began < 1_000) await store.get("session:a").catch(() => null);
  const asked = inner.calls.length;
  await expect(store.get("session:a")).rejects.toEqual(unavailable);
  expect(inner.calls.length).toBe(asked);
  inner.before = async () => {};
  const returned = performance.now();
  let back = false;
  while (!back) {
    back = await store.get("session:a").then(
      () => true,
      () => false,
    );
    await sleep(20);
  }
  expect(performance.now() - returned).toBeLessThan(1_000);
});

test("while it is away one call at a time finds out whether it is back", async () => {
  const inner = mapStore(Date.now);
  inner.before = never;
  const store = boundedStore(inner, { timeout: "30ms" });
  await Promise.allSettled([1, 2, 3].map(() => store.get("session:a")));
  await sleep(600);
  inner.calls.length = 0;
  await Promise.allSettled(Array.from({ length: 50 }, () => store.get("session:a")));
  expect(inner.calls).toEqual(["get session:a"]);
});

test("refused writes don't keep anyone from reading", async () => {
  const inner = mapStore(Date.now);
  inner.before = async (call) => {
    if (call !== "get") throw new Error("read only");
  };
  const store = boundedStore(inner);
  for (let turn = 0; turn < 10; turn++) await store.create(record).catch(() => null);
  expect(await store.get("session:a")).toBeNull();
});

test("a full store is no reason to leave it alone", async () => {
  const inner = mapStore(Date.now);
  inner.before = async () => {
    throw new StoreError("ERR_STORE_FULL", "full");
  };
  const store = boundedStore(inner);
  for (let turn = 0; turn < 10; turn++) {
    const error = expect.objectContaining({ code: "ERR_STORE_FULL" });
    await expect(store.create(record)).rejects.toEqual(error);
  }
});

test("what the backend says becomes the cause of a StoreError", async () => {
  const inner = mapStore(Date.now);
  const cause = new Error("ECONNREFUSED");
  inner.before = () => Promise.reject(cause);
  const error: unknown = await boundedStore(inner)
    .get("session:a")
    .catch((e: unknown) => e);
  expect(error).toBeInstanceOf(StoreError);
  expect(error).toMatchObject({ code: "ERR_STORE_UNAVAILABLE", cause });
});

test("an answer that comes too late is nobody's unhandled rejection", async () => {
  const inner = mapStore(Date.now);
  inner.before = () => sleep(60).then(() => Promise.reject(new Error("too late")));
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on("unhandledRejection", note);
  await expect(boundedStore(inner, { timeout: "20ms" }).get("session:a")).rejects.toEqual(
    unavailable,
  );
  await sleep(100);
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

test("a wrong timeout is named", () => {
  expect(() => boundedStore(mapStore(Date.now), { timeout: "soon" as "1s" })).toThrow(/timeout/);
});

test("one call that hangs among many that go well is no outage, however long the timeout", async () => {
  const inner = mapStore(Date.now);
  const store = boundedStore(inner, { timeout: "1s" });
  let first = true;
  inner.before = async () => {
    const hangs = first;
    first = false;
    if (hangs) await never();
  };
  const hanging = store.get("session:a").catch(() => null);
  for (let turn = 0; turn < 10; turn++) {
    await sleep(90);
    expect(await store.get("session:b")).toBeNull();
  }
  await hanging;
  expect(await store.get("session:b")).toBeNull();
});
