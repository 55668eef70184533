import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startPurge } from "../src/purge.ts";
import { StoreError } from "../src/store.ts";
import { deferred } from "./deferred.ts";
import { type MapStore, mapStore } from "./map-store.ts";
import { HOUR, START } from "./test-app.ts";

let time = START;
let store: MapStore;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  time = START;
  store = mapStore(() => time);
});
afterEach(() => {
  vi.useRealTimers();
});

function fill(count: number): void {
  for (let index = 0; index < count; index++) {
    const id = `session:${index}`;
    const record = { id, owner: null, data: "{}", createdAt: time, seenAt: time, version: 1 };
    store.records.set(id, { ...record, expiresAt: time + 1 });
  }
}

const settled = async (condition: () => boolean): Promise<void> => {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 2_000, interval: 1 });
};

describe("S11: purging", () => {
  it("removes what has expired at once, and every hour, in batches of 200", async () => {
    fill(500);
    time += 1;
    const limits: number[] = [];
    const { deleteExpired } = store;
    store.deleteExpired = async (limit) => {
      limits.push(limit);
      const count = await deleteExpired(limit);
      expect(count).toBeLessThanOrEqual(200);
      return count;
    };
    const stop = startPurge(store);
    await settled(() => store.records.size === 0);
    expect(limits).toEqual([200, 200, 200]);

    fill(1);
    time += 1;
    vi.advanceTimersByTime(HOUR - 1);
    expect(store.records.size).toBe(1);
    vi.advanceTimersByTime(1);
    await settled(() => store.records.size === 0);
    await stop();
  });

  it("lets other work run between two batches", async () => {
    fill(3_000);
    time += 1;
    let turns = 0;
    const count = (): void => {
      turns += 1;
      if (store.records.size > 0) setImmediate(count);
    };
    setImmediate(count);
    const stop = startPurge(store);
    await settled(() => store.records.size === 0);
    expect(turns).toBeGreaterThanOrEqual(2);
    await stop();
  });

  it("never runs twice at a time", async () => {
    const gate = deferred<void>();
    store.before = () => gate.promise;
    const stop = startPurge(store, { every: "1s" });
    vi.advanceTimersByTime(10_000);
    expect(store.calls).toHaveLength(1);
    gate.resolve();
    await stop();
  });

  it("stop() waits for the batch under way and starts no other", async () => {
    fill(5_000);
    time += 1;
    const gate = deferred<void>();
    store.before = () => gate.promise;
    const stop = startPurge(store);
    let stopped = false;
    const done = stop().then(() => {
      stopped = true;
    });
    await new Promise(setImmediate);
    expect(stopped).toBe(false);
    gate.resolve();
    await done;
    expect(store.records.size).toBe(4_800);
    vi.advanceTimersByTime(10 * HOUR);
    expect(store.calls).toHaveLength(1);
  });

  it.each([
    ["rejects", async () => Promise.reject(new StoreError("ERR_STORE_UNAVAILABLE", "away"))],
    [
      "throws before it gives a promise",
      () => {
        throw new StoreError("ERR_STORE_CLOSED", "closed");
      },
    ],
  ])("a store that %s is reported, and tried again next time", async (_, fail) => {
    const errors: unknown[] = [];
    const { deleteExpired } = store;
    store.deleteExpired = fail;
    const stop = startPurge(store, { every: "1s", onError: (error) => errors.push(error) });
    await settled(() => errors.length === 1);
    expect(errors[0]).toBeInstanceOf(StoreError);
    vi.advanceTimersByTime(1_000);
    await settled(() => errors.length === 2);

    store.deleteExpired = deleteExpired;
    fill(1);
    time += 1;
    vi.advanceTimersByTime(1_000);
    await settled(() => store.records.size === 0);
    await stop();
  });

  it("reports to stderr unless told otherwise", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    store.before = () => Promise.reject(new Error("away"));
    const stop = startPurge(store);
    await settled(() => log.mock.calls.length === 1);
    await stop();
    log.mockRestore();
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("of onError");
      },
    ],
    ["rejects", () => Promise.reject(new Error("of onError"))],
  ])("an onError that %s is told to stderr and ends nothing", async (_, onError) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    store.before = () => Promise.reject(new Error("away"));
    const stop = startPurge(store, { every: "1s", onError });
    await settled(() => log.mock.calls.length === 1);
    expect(String(log.mock.calls[0])).toMatch(/away.*of onError/);
    vi.advanceTimersByTime(1_000);
    await settled(() => log.mock.calls.length === 2);
    await stop();
    log.mockRestore();
  });

  it("every: a timer takes 24 days; more would fire every millisecond", () => {
    expect(() => startPurge(store, { every: "25d" })).toThrow(/^every must be 24 days at most/);
    expect(() => startPurge(store, { every: "0s" })).toThrow(/^every must be/);
    expect(store.calls).toEqual([]);
  });
});
