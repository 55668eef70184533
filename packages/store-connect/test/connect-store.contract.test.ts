// The Store contract over express-session's own MemoryStore. The peer is a second adapter over the
// same store object: what one process can promise, it promises for both.

import { type StoreSubject, storeContract } from "@latchkey/testing";
import { sessionModel } from "@latchkey/testing/model";
import session from "express-session";
import { describe, test } from "vitest";
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

describe("random interleavings over MemoryStore", { timeout: 60_000 }, () => {
  sessionModel({ test, create, runs: 3 });
});
