// The Store contract and the model of sessions, by two clients of the real driver, against a
// stand-in for the server: see the README for what that can't show.
import { type StoreSubject, storeContract } from "@latchkey/testing";
import { sessionModel } from "@latchkey/testing/model";
import { afterAll, beforeAll, describe, test } from "vitest";
import { mongoStore } from "../src/index.ts";
import { type FakeMongo, startFakeMongo } from "./fake-mongo.ts";

let fake: FakeMongo;
let stores: ((now: () => number) => ReturnType<typeof mongoStore>)[] = [];
beforeAll(async () => {
  fake = await startFakeMongo();
  stores = [fake.connect(), fake.connect()].map(
    // A busy machine must not fail a test.
    (collection) => (now) => mongoStore(collection, { now, timeout: "20s" }),
  );
});
afterAll(() => fake.close());

async function create(): Promise<StoreSubject> {
  let time = Date.UTC(2030, 0, 1);
  const now = (): number => time;
  fake.commands.collections.clear();
  const [store, peer] = stores.map((make) => make(now));
  if (!store || !peer) throw new Error("no clients");
  return {
    store,
    peer,
    now,
    advance: async (ms) => {
      time += ms;
    },
    close: async () => {},
  };
}

describe("two clients", { timeout: 60_000 }, () => storeContract({ test, create }));

describe("random interleavings", { timeout: 240_000 }, () => {
  sessionModel({ test, create, runs: 334 });
});
