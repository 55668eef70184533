// A logout, or a login that changes the cookie, while many slow requests still hold the session.

import { performance } from "node:perf_hooks";
import { tempFolder } from "@latchkey/example-shared/start-app";
import { Visitor } from "@latchkey/example-shared/visitor";
import type { Answer } from "@latchkey/testing";
import { expect, test } from "vitest";
import { alpha, appForAll, storesIn } from "./start-app.ts";

const WRITERS = 50;
/** As many of them write again and again until they are refused. */
const PERSISTENT = 5;
const ROUNDS = 200;
const AT_A_TIME = 4;
/** The longest pause of a writer between reading its session and writing it. */
const MAX_DELAY_MS = 60;

interface Ending {
  name: string;
  end(visitor: Visitor): Promise<Answer>;
}

const endings: Ending[] = [
  {
    name: "a logout",
    end: (visitor) => visitor.logOut(),
  },
  {
    name: "a second login",
    end: (visitor) => visitor.browser.sendJson("POST", "/login", alpha),
  },
];

for (const [name, store] of storesIn(tempFolder())) {
  const app = await appForAll({ STORE: store });

  for (const ending of endings) {
    const title = `${name}: ${ending.name} among ${WRITERS} slow writers, ${ROUNDS} times, is final`;
    test(title, { timeout: 300_000 }, async () => {
      const tally = { before: 0, refused: 0 };
      let round = 0;
      // A few races at a time: most of each is waiting.
      const runners = Array.from({ length: AT_A_TIME }, async () => {
        const visitor = new Visitor(app.url);
        while (round++ < ROUNDS) await race(visitor, ending, tally);
        visitor.browser.close();
      });
      await Promise.all(runners);
      // Both happen, or the race was none.
      expect(tally.before).toBeGreaterThan(ROUNDS);
      expect(tally.refused).toBeGreaterThanOrEqual(ROUNDS * PERSISTENT);
    });
  }
}

/** One round: the writers start, the end comes when some are answered, the old cookie is tried. */
async function race(
  visitor: Visitor,
  { end }: Ending,
  tally: { before: number; refused: number },
): Promise<void> {
  visitor.browser.jar.clear();
  const cookie = await visitor.logIn(alpha);
  const answeredFirst = Math.floor((Math.random() * WRITERS) / 2);
  let endedAt = Number.POSITIVE_INFINITY;
  let accepted = 0;
  let begin = (): void => {};
  const enough = new Promise<void>((resolve) => {
    begin = resolve;
  });
  if (answeredFirst === 0) begin();

  async function write(index: number): Promise<void> {
    for (let value = 0; ; value++) {
      const delayMs = Math.floor(Math.random() * MAX_DELAY_MS);
      const sentAt = performance.now();
      const answer = await visitor.put({
        key: `k${index}`,
        value,
        delayMs,
        cookie,
      });
      expect(answer.setCookies).toEqual([]);
      if (answer.status !== 200) {
        expect([401, 403]).toContain(answer.status);
        tally.refused += 1;
        return;
      }
      // Timers may be 1 ms early.
      expect(sentAt + delayMs - 1, "when a write that was accepted came").toBeLessThan(endedAt);
      tally.before += 1;
      accepted += 1;
      if (accepted === answeredFirst) begin();
      if (index >= PERSISTENT) return;
    }
  }

  const writers = Promise.all(Array.from({ length: WRITERS }, (_, index) => write(index)));
  await Promise.race([enough, writers]);
  const ended = await end(visitor);
  endedAt = performance.now();
  expect(ended.status).toBe(200);
  // From here on the cookie is dead, also while the last writers are still at it.
  await expectDead(visitor, cookie);
  await writers;
  await expectDead(visitor, cookie);
}

async function expectDead(visitor: Visitor, cookie: string): Promise<void> {
  const { user, data } = await visitor.look(cookie);
  expect({ user, data }).toEqual({ user: null, data: {} });
}
