// The published model of sessions: random interleavings on your store, held against a small ledger
// of what was acknowledged. It is what "logout is final" and "no lost update" stand on.
import { createSessions, type Sessions } from "@latchkey/session-core";
import fc from "fast-check";
import { Ledger } from "./session-model-ledger.ts";
import { type Data, type Jar, openSession, type User, type World } from "./session-model-open.ts";
import {
  LIMITS,
  type Mix,
  modelPlans,
  type Opening,
  type Plan,
  SERVERS,
  type Step,
  TOUCH_EVERY_MS,
} from "./session-model-plan.ts";
import { ModelRequest } from "./session-model-request.ts";
import { scheduledStore } from "./session-model-store.ts";
import type { StoreSubject } from "./store-contract.ts";

export interface SessionModelOptions {
  /** Any runner's test function: that of vitest, `node:test`, … */
  readonly test: (name: string, fn: () => Promise<void>) => unknown;
  /** An empty backend; called once for every test. */
  readonly create: () => Promise<StoreSubject>;
  /** Interleavings tried in each test. Default 100. */
  readonly runs?: number;
  /** Repeats what a failure reported. */
  readonly seed?: number;
}

const laws: readonly { name: string; mix: Mix }[] = [
  {
    name: "no acknowledged write is lost, and increments are exact",
    mix: { steps: sharesOf({ set: 6, save: 3, increment: 5, login: 2, pass: 1 }), apart: 10 },
  },
  {
    name: "what was logged out, rotated or revoked never comes back",
    mix: {
      steps: sharesOf({
        set: 4,
        save: 2,
        increment: 2,
        login: 4,
        logout: 2,
        revoke: 1,
        revokeAll: 1,
        pass: 1,
      }),
      apart: 15,
    },
  },
  {
    name: "what has expired never comes back, and what is visited lives",
    mix: { steps: sharesOf({ set: 1, increment: 1, login: 2, logout: 1, pass: 12 }), apart: 60 },
  },
];

/**
 * Registers tests that run many requests of one or two browsers at once, on three processes that
 * share your store, in random interleavings: every call of the store is cut in two, so that others
 * come in between. Each answer is held against what was acknowledged before it.
 *
 * @example
 * ```ts
 * import { test } from "node:test";
 * import { memoryStore } from "@latchkey/store-memory"; // in your project: your own store
 * import { sessionModel } from "@latchkey/testing/model";
 *
 * sessionModel({
 *   test,
 *   runs: 1_000,
 *   create: async () => {
 *     let time = Date.now();
 *     return {
 *       store: memoryStore({ now: () => time }),
 *       now: () => time,
 *       advance: async (ms) => {
 *         time += ms;
 *       },
 *       close: async () => {},
 *     };
 *   },
 * });
 * ```
 */
export function sessionModel(options: SessionModelOptions): void {
  const { test, create, runs = 100, seed } = options;
  for (const { name, mix } of laws) {
    test(`session model: ${name}`, async () => {
      const subject = await create();
      let run = 0;
      const property = fc.asyncProperty(fc.scheduler(), modelPlans(mix), (scheduler, plan) => {
        run += 1;
        return tryOnce(subject, scheduler, plan, `run${run}`);
      });
      try {
        await fc.assert(property, { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
      } finally {
        await subject.close();
      }
    });
  }
}

function sharesOf(some: Partial<Mix["steps"]>): Mix["steps"] {
  const none = {
    set: 0,
    save: 0,
    increment: 0,
    login: 0,
    logout: 0,
    revoke: 0,
    revokeAll: 0,
    pass: 0,
  };
  return { ...none, ...some };
}

async function tryOnce(
  subject: StoreSubject,
  scheduler: fc.Scheduler,
  plan: Plan,
  run: string,
): Promise<void> {
  const ledger = new Ledger(() => subject.now());
  const users = [`${run}-ann`, `${run}-bob`] as const;
  const advance = (ms: number): Promise<void> => subject.advance(ms);
  const { store, peer = store } = subject;
  const quiet = sessionsOn(subject, store);
  const undisturbed: World = { ledger, users, advance, pause: async () => {} };
  const jars: readonly [Jar, Jar] = [{ cookie: null }, { cookie: null }];
  for (const index of [0, 1] as const) {
    await answer(undisturbed, quiet, `opening${index}`, stepsOf(plan.openings[index]), jars[index]);
  }

  const pause = (where: string): Promise<void> => scheduler.schedule(Promise.resolve(), where);
  const world: World = { ...undisturbed, pause };
  const servers = Array.from({ length: SERVERS }, (_, index) =>
    sessionsOn(subject, scheduledStore(index % 2 === 0 ? store : peer, pause)),
  );
  const requests = plan.requests.map(async ({ browser, server, wait, steps }, index) => {
    const name = `r${index}`;
    const jar = browser === 0 ? jars[0] : jars[1];
    for (let turn = 0; turn <= wait; turn++) await pause(`${name} waits`);
    const sessions = servers[server] ?? quiet;
    await answer(world, sessions, name, steps, jar);
  });
  await scheduler.waitFor(Promise.all(requests));

  // All is quiet: what has ended must be gone, what hasn't must be there, with all its data.
  for (const cookie of ledger.lives.keys()) {
    await openSession(undisturbed, quiet, "afterwards", cookie);
  }
  if (ledger.violation !== null) throw new Error(ledger.violation);
}

async function answer(
  world: World,
  sessions: Sessions<User, Data>,
  name: string,
  steps: readonly Step[],
  jar: Jar,
): Promise<void> {
  const opened = await openSession(world, sessions, name, jar.cookie);
  await new ModelRequest(world, sessions, name, opened).run(steps, jar);
}

function stepsOf(opening: Opening): readonly Step[] {
  if (opening === null) return [];
  const { user, limits } = opening;
  return user === null ? [{ do: "set", key: "own" }] : [{ do: "login", user, limits }];
}

function sessionsOn(subject: StoreSubject, store: StoreSubject["store"]): Sessions<User, Data> {
  return createSessions<User, Data>({
    store,
    keys: ["the model's own key, which protects nothing at all"],
    cookie: { secure: false },
    lifetime: LIMITS.long.lifetime,
    touchEvery: `${TOUCH_EVERY_MS}ms`,
    now: () => subject.now(),
  });
}
