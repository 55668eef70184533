// The Store contract and the model of sessions, with a fake clock.
import { type StoreSubject, storeContract } from "@latchkey/testing";
import { sessionModel } from "@latchkey/testing/model";
import { describe, test } from "vitest";
import { memoryStore } from "../src/index.ts";

async function create(): Promise<StoreSubject> {
  let time = Date.UTC(2030, 0, 1);
  return {
    store: memoryStore({ now: () => time }),
    now: () => time,
    advance: async (ms) => {
      time += ms;
    },
    close: async () => {},
  };
}

storeContract({ test, create });

describe("random interleavings", { timeout: 120_000 }, () => {
  sessionModel({ test, create, runs: 1_000 });
});
