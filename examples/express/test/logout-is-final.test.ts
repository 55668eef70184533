// A logout, or a login that changes the cookie, while many slow requests still hold the session.

import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { tempFolder } from "@latchkey/example-shared/start-app";
import type { Answer } from "@latchkey/testing";
import { expect, test } from "vitest";
import { appForAll, storesIn } from "./start-app.ts";
import { alpha, Visitor } from "./visitor.ts";

const WRITERS = 50;
const AT_A_TIME = 4;
const ROUNDS: Readonly<Record<string, number>> = { memory: 50, SQLite: 200 };

interface Ending {
  name: string;
  /** The longest pause of a writer between reading its session and writing it. */
  maxDelayMs: number;
  end(visitor: Visitor, csrfToken: string): Promise<Answer>;
}

const endings: Ending[] = [
  {
    name: "a logout",
    maxDelayMs: 60,
    end: (visitor, csrfToken) => visitor.logOut(csrfToken),
  },
  {
    name: "a second login",
    maxDelayMs: 400, // A password takes its time, and the last must still be writing then.
    end: (visitor) => visitor.browser.sendJson("POST", "/login", alpha),
  },
];

for (const [name, store] of storesIn(tempFolder())) {
  const app = await appForAll({ STORE: store });
  const rounds = ROUNDS[name] ?? 0;

  for (const ending of endings) {
    const title = `${name}: ${ending.name} among ${WRITERS} slow writers, ${rounds} times, is final`;
    test(title, { timeout: 300_000 }, async () => {
      const tally = { before: 0, refused: 0 };
      let round = 0;
      // A few races at a time: most of each is waiting.
      const runners = Array.from({ length: AT_A_TIME }, async () => {
        const visitor = new Visitor(app.url);
        while (round++ < rounds) await race(visitor, ending, tally);
        visitor.browser.close();
      });
      await Promise.all(runners);
      // Both happen, or the race was none.
      expect(tally.before).toBeGreaterThan(rounds / 10);
      expect(tally.refused).toBeGreaterThan(rounds / 10);
    });
  }
}

/** One round: the writers start, the end comes somewhere among them, the old cookie is tried. */
async function race(
  visitor: Visitor,
  { maxDelayMs, end }: Ending,
  tally: { before: number; refused: number },
): Promise<void> {
  visitor.browser.jar.clear();
  const cookie = await visitor.logIn(alpha);
  const { csrfToken } = await visitor.look();
  const writers = Array.from({ length: WRITERS }, async (_, index) => {
    const delayMs = Math.floor(Math.random() * maxDelayMs);
    const sentAt = performance.now();
    const write = { key: `k${index}`, value: index, delayMs, csrfToken, cookie };
    const answer = await visitor.put(write);
    return { answer, earliestWriteAt: sentAt + delayMs - 1 }; // Timers may be 1 ms early.
  });
  await sleep((Math.random() * maxDelayMs) / 2);
  const ended = await end(visitor, csrfToken);
  const endedAt = performance.now();
  expect(ended.status).toBe(200);
  // From here on the cookie is dead, also while the last writers are still at it.
  await expectDead(visitor, cookie);

  for (const { answer, earliestWriteAt } of await Promise.all(writers)) {
    expect(answer.setCookies).toEqual([]);
    if (answer.status === 200) {
      tally.before += 1;
      expect(earliestWriteAt, "a write that came after the end was accepted").toBeLessThan(endedAt);
    } else {
      tally.refused += 1;
      expect([401, 403]).toContain(answer.status);
    }
  }
  await expectDead(visitor, cookie);
}

async function expectDead(visitor: Visitor, cookie: string): Promise<void> {
  const { user, data } = await visitor.look(cookie);
  expect({ user, data }).toEqual({ user: null, data: {} });
}
