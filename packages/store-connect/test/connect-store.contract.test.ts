// The Store contract over express-session's own MemoryStore. The peer is a second adapter over the
// same store object: what one process can promise, it promises for both.

import { type StoreSubject, storeContract } from "@latchkey/testing";
import { sessionModel } from "@latchkey/testing/model";
import session from "express-session";
import { afterAll, beforeAll, describe, test, vi } from "vitest";
import { connectStore } from "../src/index.ts";
import { realClock } from "./real-clock.ts";

async function create(): Promise<StoreSubject> {
  const old = new session.MemoryStore();
  return {
    store: connectStore(old, { timeout: "10s" }),
    peer: connectStore(old, { timeout: "10s" }),
    ...realClock,
    close: async () => {},
  };
}

describe("MemoryStore", () => {
  storeContract({ test: test.concurrent, create, expiresByItself: true });
});

// Four seconds of waiting in every run would be too much: here only the clock is turned.
describe("random interleavings over MemoryStore", { timeout: 60_000 }, () => {
  beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"] }));
  afterAll(() => void vi.useRealTimers());
  const advance = async (ms: number): Promise<void> => void vi.setSystemTime(Date.now() + ms);
  sessionModel({ test, create: async () => ({ ...(await create()), advance }), runs: 334 });
});
