// Promise: a logout is final, also for what is being written meanwhile, in every process: for each
// cookie that the session ever had.

import { performance } from "node:perf_hooks";
import { expect, test } from "vitest";
import type { Stage } from "./promises.ts";
import { Visitor } from "./visitor.ts";

const WRITERS = 20;
const APART_MS = 4;

export function testLogouts(stage: Stage): void {
  test("a logout among slow writes is final in every process", { timeout: 120_000 }, async () => {
    const tally = { before: 0, refused: 0 };
    for (let round = 0; round < stage.size.logouts; round++) await logOutAmongWrites(stage, tally);
    // Both happened, or it was no race.
    expect(tally.before).toBeGreaterThan(0);
    expect(tally.refused).toBeGreaterThan(0);
  });
}

async function logOutAmongWrites(
  stage: Stage,
  tally: { before: number; refused: number },
): Promise<void> {
  const visitor = new Visitor(stage.url(0));
  await visitor.logIn(stage.account);
  /** With the cookies from before all writes. */
  const stolen = visitor.at(stage.url(1));
  const copies = [visitor.at(stage.url(0)), visitor.at(stage.url(1))];
  const writes = Array.from({ length: WRITERS }, async (_, index) => {
    const delayMs = index * APART_MS;
    const writesFrom = performance.now() + delayMs - 1; // Timers may be 1 ms early.
    const copy = copies[index % copies.length] ?? visitor;
    return { answer: await copy.put({ key: `k${index}`, value: index, delayMs }), writesFrom };
  });
  await copies[1]?.put({ key: "first", value: true });
  expect((await visitor.logOut()).status).toBe(200);
  const endedAt = performance.now();
  await expectOver(copies);
  for (const { answer, writesFrom } of await Promise.all(writes)) {
    if (answer.status === 200) {
      tally.before += 1;
      expect(writesFrom, "a write that came after the logout was accepted").toBeLessThan(endedAt);
      if (stage.store.dataIn === "cookie") {
        expect(answer.setCookies).not.toEqual([]);
        copies.push(visitorWith(stolen, answer.setCookies));
        continue;
      }
    } else {
      tally.refused += 1;
      expect([401, 403]).toContain(answer.status);
    }
    expect(answer.setCookies).toEqual([]);
  }
  await expectOver([...copies, stolen]);
  for (const each of [visitor, stolen, ...copies]) each.close();
}

/** One who has kept what an answer set. */
function visitorWith(before: Visitor, setCookies: readonly string[]): Visitor {
  const copy = before.at(before.browser.origin);
  for (const line of setCookies) copy.browser.jar.take(line);
  return copy;
}

export async function expectOver(copies: readonly Visitor[]): Promise<void> {
  for (const copy of copies) expect(await copy.look()).toMatchObject({ user: null, data: {} });
}
