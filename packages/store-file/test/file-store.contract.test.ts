// The Store contract and the model of sessions, in both ways of writing.
import type { Duration } from "@latchkey/session-core";
import { type StoreSubject, storeContract } from "@latchkey/testing";
import { sessionModel } from "@latchkey/testing/model";
import { describe, test } from "vitest";
import { openFileStore } from "../src/index.ts";
import { testFolder } from "./test-folder.ts";

function opener(flush: Duration | "write-through"): () => Promise<StoreSubject> {
  return async () => {
    let time = Date.UTC(2030, 0, 1);
    const now = (): number => time;
    const folder = testFolder();
    const store = await openFileStore(folder.file, { flush, now });
    return {
      store,
      now,
      advance: async (ms) => {
        time += ms;
      },
      close: async () => {
        await store.close();
        folder.remove();
      },
    };
  };
}

describe("write-through", { timeout: 60_000 }, () => {
  storeContract({ test, create: opener("write-through") });
});

describe("every 5 ms", { timeout: 60_000 }, () => {
  storeContract({ test, create: opener("5ms") });
});

describe("random interleavings", { timeout: 240_000 }, () => {
  describe("every 5 s", () => sessionModel({ test, create: opener("5s"), runs: 1_000 }));
  describe("write-through", () =>
    sessionModel({ test, create: opener("write-through"), runs: 334 }));
});
