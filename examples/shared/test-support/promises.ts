// The promises that every store keeps behind every adapter, tried on an example app: by HTTP, with two
// processes where the store takes two. Each adapter's own test file says on which stores it does so in
// every run; `PROMISES=all` takes all of them, and more of everything. What a store can't promise is in
// `promise-stores.ts`.

import { join } from "node:path";
import type { AppProcess } from "@latchkey/testing";
import { afterAll, beforeAll, describe } from "vitest";
import { openAnyStore } from "./open-any-store.ts";
import { testCrashes } from "./promise-crashes.ts";
import { testLogouts } from "./promise-logouts.ts";
import { testOutages } from "./promise-outages.ts";
import { testRefusals } from "./promise-refusals.ts";
import { PROMISES_ALL, type PromiseSize, promiseSize } from "./promise-size.ts";
import { testStops } from "./promise-stops.ts";
import {
  type OpenStore,
  type PromiseName,
  type PromiseStore,
  promiseStores,
  type StoreName,
} from "./promise-stores.ts";
import { testUpdates } from "./promise-updates.ts";
import { type StartApp, tempFolder } from "./start-app.ts";
import type { Account } from "./visitor.ts";

/** An example app on one store, while its tests run. */
export interface Stage {
  readonly store: PromiseStore;
  readonly size: PromiseSize;
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

const promiseTests: readonly [name: PromiseName, test: (stage: Stage) => void][] = [
  ["updates", testUpdates],
  ["logouts", testLogouts],
  ["outages", testOutages],
  ["refusals", testRefusals],
];
/** For which no process may be using the store. */
const testsByThemselves: typeof promiseTests = [
  ["stops", testStops],
  ["crashes", testCrashes],
];

/**
 * Registers the tests.
 *
 * @param startApp Starts this example by `runOnAnyStore`.
 * @param names The stores of every run.
 * @param own What is done more of in every run.
 */
export async function promises(
  startApp: StartApp,
  names: readonly StoreName[],
  own: Partial<PromiseSize> = {},
): Promise<void> {
  for (const store of promiseStores) {
    if (!PROMISES_ALL && !names.includes(store.name)) continue;
    const prepared = await store.prepare();
    const missing = "missing" in prepared ? prepared.missing : null;
    const title = missing === null ? store.name : `${store.name} (${missing})`;
    describe.skipIf("missing" in prepared)(title, () => {
      if ("missing" in prepared) return;
      const stage = stageFor(startApp, store, promiseSize(own), prepared.open);
      const applies = ([name]: readonly [PromiseName, unknown]): boolean =>
        !(name in store.without);
      for (const [, test] of promiseTests.filter(applies)) test(stage);
      describe("a process by itself", () => {
        beforeAll(() => stage.clear());
        for (const [, test] of testsByThemselves.filter(applies)) test(stage);
      });
    });
  }
}

function stageFor(
  startApp: StartApp,
  store: PromiseStore,
  size: PromiseSize,
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
    size,
    account,
    opened,
    start,
    url: (process) => apps[process % apps.length]?.url ?? "",
    clear,
    sessions: () => sessionsIn(opened().url),
  };
}

async function sessionsIn(url: string): Promise<number> {
  const { store, close } = await openAnyStore(url, [SESSION_KEYS]);
  try {
    const { records, cursor } = await store.scan("session:", null, 10_000);
    if (cursor !== null) throw new Error("there are more than can be counted");
    for (const { data } of records) JSON.parse(data);
    return records.length;
  } finally {
    await close();
  }
}
