// A clock that is put ahead and back while the process runs never lengthens a lifetime, by real time.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSessions, type Sessions } from "../src/sessions.ts";
import { steadyClock } from "../src/steady-clock.ts";
import { mapStore } from "./map-store.ts";
import {
  HOUR,
  MINUTE,
  SECRET,
  type TestApp,
  type TestSession,
  testApp,
  testExchange,
  type User,
} from "./test-app.ts";

interface JumpingApp {
  app: TestApp;
  real: () => number;
  pass(ms: number): void;
  /** Another process of it, or the next one. */
  restart(): Sessions<User, Record<string, unknown>>;
}

/** An application whose clock runs, and jumps: what really passes is known to the test alone. */
function jumpingApp(): JumpingApp {
  let elapsed = 0;
  const clock = (): (() => number) =>
    steadyClock(
      () => app.now(),
      () => elapsed,
    );
  // The store goes by the clock that jumps.
  const app = testApp({ now: clock(), lifetime: "2h", idle: "30m" });
  return {
    app,
    real: () => elapsed,
    restart: () => app.another({ now: clock() }),
    pass(ms) {
      elapsed += ms;
      app.advance(ms);
    },
  };
}

/** Numbers that look random, the same in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % sides;
  };
}

const user = (session: TestSession): unknown => session.user;

describe("a clock that is up to ten minutes wrong, now ahead, now behind", () => {
  it.each([
    ["in one process", 0],
    // Ahead for one of them, behind for the other.
    ["over restarts, by more than its clocks differed", 20 * MINUTE],
  ])("never lets a session live longer than its login chose %s", async (_where, slack) => {
    let visits = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const roll = dice(seed);
      const { app, real, pass, restart } = jumpingApp();
      const browser = app.browser();
      let { sessions } = app;
      let [loggedInAt, seenAt, wrong] = [-Infinity, -Infinity, 0];
      for (let step = 0; step < 80; step++) {
        pass(roll(4) === 0 ? roll(35 * MINUTE) : roll(5 * MINUTE));
        if (roll(3) === 0) {
          const next = (roll(21) - 10) * MINUTE;
          app.advance(next - wrong);
          wrong = next;
        }
        if (slack > 0 && roll(3) === 0) sessions = restart();
        if ((await browser.visit(user, { sessions })) === null) {
          await browser.visit((session) => session.login({ id: "ann" }), { sessions });
          loggedInAt = real();
        } else {
          expect(real() - loggedInAt, `seed ${seed}, since the login`).toBeLessThan(
            2 * HOUR + slack,
          );
          expect(real() - seenAt, `seed ${seed}, idle`).toBeLessThan(30 * MINUTE + slack);
          visits += 1;
        }
        seenAt = real();
      }
    }
    expect(visits, "of living sessions").toBeGreaterThan(4_000);
  });

  it("a login and a visit while it is ahead last no longer once it is put right", async () => {
    const { app, pass } = jumpingApp();
    const [login, visit] = [app.browser(), app.browser()];
    await visit.visit((session) => session.login({ id: "ann" }));
    app.advance(10 * MINUTE);
    await login.visit((session) => session.login({ id: "bob" }, { lifetime: "1h", idle: "off" }));
    await visit.visit();
    app.advance(-10 * MINUTE);
    pass(30 * MINUTE);
    expect(await visit.visit(user)).toBeNull();
    pass(30 * MINUTE - 1);
    expect(await login.visit(user)).toEqual({ id: "bob" });
    pass(1);
    expect(await login.visit(user)).toBeNull();
  });
});

describe("steadyClock", () => {
  it("follows ahead, and after a sleep of the machine; goes on when put back", () => {
    let [wall, elapsed] = [1_000_000, 5.25];
    const now = steadyClock(
      () => wall,
      () => elapsed,
    );
    expect(now()).toBe(1_000_000);
    wall += 8 * HOUR; // Asleep: only the wall clock went on.
    expect(now()).toBe(1_000_000 + 8 * HOUR);
    wall -= 10 * MINUTE;
    expect(now()).toBe(1_000_000 + 8 * HOUR);
    [wall, elapsed] = [wall + MINUTE, elapsed + MINUTE];
    expect(now()).toBe(1_000_000 + 8 * HOUR + MINUTE);
  });

  it("isn't put ahead by what holds the process up while it is read", () => {
    let [elapsed, heldUpMs] = [0, MINUTE];
    const holdUp = (): void => {
      elapsed += heldUpMs;
      heldUpMs = 0;
    };
    const read = (clock: () => number) => (): number => {
      const time = clock();
      holdUp();
      return time;
    };
    const now = steadyClock(
      read(() => HOUR + elapsed),
      read(() => elapsed),
    );
    now();
    expect(now()).toBe(HOUR + elapsed);
    heldUpMs = MINUTE;
    now();
    expect(now()).toBe(HOUR + elapsed);
  });

  it("follows back by more than an hour: that clock was wrong by far", () => {
    let wall = 10 * HOUR;
    const now = steadyClock(
      () => wall,
      () => 0,
    );
    expect(now()).toBe(10 * HOUR);
    wall -= HOUR;
    expect(now()).toBe(10 * HOUR);
    wall -= 1;
    expect(now()).toBe(9 * HOUR - 1);
  });
});

describe("createSessions without a clock", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
  afterEach(() => void vi.useRealTimers());

  it("is not put back with the system's", async () => {
    const sessions = createSessions({ store: mapStore(Date.now), keys: [SECRET] });
    vi.setSystemTime(Date.now() + 10 * MINUTE);
    const ahead = await sessions.open(testExchange());
    vi.setSystemTime(Date.now() - 10 * MINUTE);
    const right = await sessions.open(testExchange());
    expect(right.createdAt).toBeGreaterThanOrEqual(ahead.createdAt);
    expect(ahead.createdAt).toBeGreaterThan(Date.now() + 9 * MINUTE);
  });
});

it("a clock of fractions of milliseconds is as good as any", async () => {
  let time = Date.UTC(2030, 0, 1) + 0.25;
  const now = (): number => time;
  const app = testApp({ now });
  const browser = app.browser();
  await browser.visit((session) => session.login({ id: "ann" }));
  time += 0.5;
  expect(await browser.visit(user)).toEqual({ id: "ann" });
});
