// Logouts against slow writers, visits and logins with copied cookies, in random order on a slow list:
// once a logout is acknowledged, no cookie that anyone was ever given opens the session again.

import { SessionError, type Store } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { expect, it } from "vitest";
import {
  type Jar,
  keep,
  loggedIn,
  MINUTE,
  openRequest,
  type TestApp,
  type TestSession,
  testApp,
  whoIs,
} from "./browser.ts";

const RUNS = 1_000;
const REQUESTS = 14;

type Random = (below: number) => number;
type Act = "write" | "visit" | "login" | "logout" | "revokeAll";

/** All cookies that anyone was given, and when the session was first over. */
interface World {
  app: TestApp;
  random: Random;
  jars: Jar[];
  over: boolean;
  seen: Record<string, number>;
}

it(`${RUNS} runs of ${REQUESTS} requests: what was logged out never comes back`, {
  timeout: 60_000,
}, async () => {
  const seen: Record<string, number> = {};
  for (let seed = 1; seed <= RUNS; seed++) await run(seed, seen);
  console.log(`interleavings: ${JSON.stringify(seen)}`);
  const expected = ["write", "visit", "login", "logout", "revokeAll", "refused", "lived", "ended"];
  for (const key of expected) expect(seen[key] ?? 0, key).toBeGreaterThan(0);
});

it("200 runs of 6 logins at once, one session for each user: exactly one stays, and was told so", async () => {
  const told = { kept: 0, over: 0 };
  for (let seed = 1; seed <= 200; seed++) await single(seed, told);
  console.log(`one session for each user: ${JSON.stringify(told)}`);
  expect(told.kept).toBeGreaterThan(200); // Also one after the other.
  expect(told.over).toBeGreaterThan(200);
});

async function single(seed: number, told: { kept: number; over: number }): Promise<void> {
  const random = randomFrom(seed);
  const app: TestApp = testApp({ revocations: slow(memoryStore(), random) });
  const before = await loggedIn(app);
  if (random(2) === 0) await app.sessions.revokeAll("ann", await idOf(app, before));
  const jars = Array.from({ length: 6 }, (): Jar => new Map());
  const kept: Jar[] = [];
  const logIn = async (jar: Jar): Promise<void> => {
    await wait(random(60));
    const { session, finish } = await openRequest(app.sessions, jar);
    await session.login({ id: "ann" });
    await wait(random(8));
    if (await app.sessions.keepNewest("ann", session.id ?? "")) kept.push(jar);
    await wait(random(8));
    // Whoever is told not to stay is over without a logout.
    await finish().catch(({ code }) => expect(code).toBe("ERR_SESSION_ENDED"));
  };
  await Promise.all(jars.map(logIn));
  const users = await Promise.all(jars.map((jar) => whoIs(app, jar)));
  const alive = jars.filter((_, index) => users[index] !== null);
  expect(alive, `seed ${seed}`).toHaveLength(1);
  expect(kept, `seed ${seed}`).toContain(alive[0]);
  expect(await whoIs(app, before)).toBeNull();
  told.kept += kept.length;
  told.over += jars.length - kept.length;
}

async function idOf(app: TestApp, jar: Jar): Promise<string> {
  const { session } = await openRequest(app.sessions, jar);
  return session.id ?? "";
}

async function run(seed: number, seen: Record<string, number>): Promise<void> {
  const random = randomFrom(seed);
  const revocations = slow(memoryStore({ now: () => app.now() }), random);
  const app: TestApp = testApp({ revocations });
  const world: World = { app, random, jars: [await loggedIn(app)], over: false, seen };
  // In a third of the runs nobody leaves: then somebody must still be in at the end.
  const ends = random(3) > 0;
  app.advance(2 * MINUTE);
  await Promise.all(Array.from({ length: REQUESTS }, () => request(world, ends)));
  const users = await Promise.all(world.jars.map((jar) => whoIs(app, jar)));
  const alive = users.filter((user) => user !== null).length;
  if (world.over) expect(alive, `seed ${seed}`).toBe(0);
  else expect(alive, `seed ${seed}`).toBeGreaterThan(0);
  count(seen, world.over ? "ended" : "lived");
}

async function request(world: World, ends: boolean): Promise<void> {
  const { app, random, jars } = world;
  await wait(random(12));
  const sent = new Map(jars[random(jars.length)] ?? []);
  const overBefore = world.over;
  const { session, setCookies, finish } = await openRequest(app.sessions, sent);
  if (session.user === null) return;
  expect(overBefore, "a request after the logout found the session").toBe(false);
  await wait(random(8));
  const act = choose(random, ends);
  try {
    await perform(world, act, session);
    count(world.seen, act);
    await wait(random(8));
    await finish();
  } catch (error) {
    if (!(error instanceof SessionError) || error.code !== "ERR_SESSION_ENDED") throw error;
    count(world.seen, "refused");
  }
  const given = new Map(sent);
  for (const line of setCookies) keep(given, line);
  jars.push(given);
}

async function perform(world: World, act: Act, session: TestSession): Promise<void> {
  switch (act) {
    case "write":
      await session.update("n", (n = 0) => Number(n) + 1);
      return;
    case "visit":
      return;
    case "login":
      return session.login({ id: "ann" });
    case "logout":
      await session.logout();
      break;
    case "revokeAll":
      await world.app.sessions.revokeAll("ann");
  }
  world.over = true;
}

function choose(random: Random, ends: boolean): Act {
  const acts: Act[] = ["write", "write", "write", "visit", "login", "login"];
  if (ends) acts.push("logout", "revokeAll");
  return acts[random(acts.length)] ?? "visit";
}

/** The same store, each call cut in two. */
function slow(store: Store, random: Random): Store {
  const cut = async <T>(call: () => Promise<T>): Promise<T> => {
    await wait(random(4));
    const result = await call();
    await wait(random(4));
    return result;
  };
  return {
    ...store,
    create: (record) => cut(() => store.create(record)),
    get: (id) => cut(() => store.get(id)),
    replace: (next) => cut(() => store.replace(next)),
  };
}

async function wait(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
}

function count(seen: Record<string, number>, key: string): void {
  seen[key] = (seen[key] ?? 0) + 1;
}

/** Numbers below a bound, evenly spread (a linear congruence; Knuth's constants). */
function randomFrom(seed: number): Random {
  let state = BigInt(seed);
  return (below) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((state >> 33n) % BigInt(below));
  };
}
