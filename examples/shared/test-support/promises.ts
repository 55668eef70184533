// The promises that every store keeps behind every adapter, tried on an example app: by HTTP, with two
// processes where the store takes two. Each adapter's own test file says on which stores it does so in
// every run; `PROMISES=all` takes all of them, and more of everything.

import { join } from "node:path";
import { openStore } from "@latchkey/config";
import type { AppProcess } from "@latchkey/testing";
import { afterAll, beforeAll, describe } from "vitest";
import { testCrashes } from "./promise-crashes.ts";
import { testLogouts } from "./promise-logouts.ts";
import { testOutages } from "./promise-outages.ts";
import { PROMISES_ALL } from "./promise-size.ts";
import { testStops } from "./promise-stops.ts";
import {
  type OpenStore,
  type PromiseStore,
  promiseStores,
  type StoreName,
} from "./promise-stores.ts";
import { testUpdates } from "./promise-updates.ts";
import type { Account } from "./promise-visitor.ts";
import { type StartApp, tempFolder } from "./start-app.ts";

/** An example app on one store, while its tests run. */
export interface Stage {
  readonly store: PromiseStore;
  /** Of an account that the app has. */
  readonly account: Account;
  /** @throws {Error} Before the tests have begun. */
  opened(): OpenStore;
  /** One more process. @param url Another way to the same store. */
  start(url?: string): Promise<AppProcess>;
  /** The address of one of the processes that run all the time: as many as the store takes. */
  url(process: number): string;
  /** Ends those. */
  clear(): Promise<void>;
  /** How many sessions are stored, each of them whole. No process may be using the store. */
  sessions(): Promise<number>;
}

const SESSION_KEYS = "end-to-end-Tests-only-0123456789-abcdef";
const account: Account = { user: "alpha", password: "correct horse battery" };

/**
 * Registers the tests.
 *
 * @param startApp Of this example.
 * @param names The stores of every run.
 */
export async function promises(startApp: StartApp, names: readonly StoreName[]): Promise<void> {
  for (const store of promiseStores) {
    if (!PROMISES_ALL && !names.includes(store.name)) continue;
    const prepared = await store.prepare();
    const missing = "missing" in prepared ? prepared.missing : null;
    const title = missing === null ? store.name : `${store.name} (${missing})`;
    describe.skipIf("missing" in prepared)(title, () => {
      if ("missing" in prepared) return;
      const stage = stageFor(startApp, store, prepared.open);
      testUpdates(stage);
      testLogouts(stage);
      testOutages(stage);
      describe("a process by itself", () => {
        beforeAll(() => stage.clear());
        testStops(stage);
        testCrashes(stage);
      });
    });
  }
}

function stageFor(
  startApp: StartApp,
  store: PromiseStore,
  open: (folder: string) => Promise<OpenStore>,
): Stage {
  const folder = tempFolder();
  let place: OpenStore | null = null;
  let apps: AppProcess[] = [];
  const opened = (): OpenStore => {
    if (place === null) throw new Error("the store is not open yet");
    return place;
  };
  const start = (url = opened().url): Promise<AppProcess> =>
    startApp({
      PORT: "0",
      STORE: url,
      USERS: `sqlite:${join(folder, "users.db")}`,
      SESSION_KEYS,
      SEED_USERS: `${account.user}:${account.password}:member`,
    });
  beforeAll(async () => {
    place = await open(folder);
    for (let count = 0; count < store.processes; count++) apps.push(await start());
  }, 120_000);
  const clear = async (): Promise<void> => {
    await Promise.all(apps.map((app) => app.kill()));
    apps = [];
  };
  afterAll(async () => {
    await clear();
    await place?.server?.stop();
  }, 60_000);
  return {
    store,
    account,
    opened,
    start,
    url: (process) => apps[process % apps.length]?.url ?? "",
    clear,
    sessions: () => sessionsIn(opened().url),
  };
}

async function sessionsIn(url: string): Promise<number> {
  const { store, close } = await openStore(url);
  try {
    const { records, cursor } = await store.scan("session:", null, 10_000);
    if (cursor !== null) throw new Error("there are more than can be counted");
    for (const { data } of records) JSON.parse(data);
    return records.length;
  } finally {
    await close();
  }
}
