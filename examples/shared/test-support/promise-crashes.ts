// Promise: acknowledged means stored. The process is killed in the middle of its writes, again and
// again; what it had answered is there, and nothing is damaged or left over.

import { setTimeout as sleep } from "node:timers/promises";
import type { AppProcess } from "@latchkey/testing";
import { expect, test } from "vitest";
import type { Stage } from "./promises.ts";
import { Visitor } from "./visitor.ts";

const WRITERS = 8;

/** What the session must hold. */
interface Known {
  /** The last answered value of each key … */
  answered: Map<string, number>;
  /** … or one that was on its way. */
  underway: Map<string, number>;
  acknowledged: number;
}

export function testCrashes(stage: Stage): void {
  const { kills } = stage.size;
  test(`${kills} × kill -9 during writes: none that was answered is lost`, {
    timeout: 60_000 + kills * 10_000,
  }, async ({ annotate }) => {
    const known: Known = { answered: new Map(), underway: new Map(), acknowledged: 0 };
    const before = await stage.sessions();
    let app = await stage.start();
    let visitor = new Visitor(app.url);
    await visitor.logIn(stage.account);
    for (let kill = 0; kill < kills; kill++) {
      await killDuringWrites(app, visitor, kill, known);
      visitor.close();
      app = await stage.start();
      visitor = visitor.at(app.url);
      await expectStored(visitor, stage.account.user, known);
    }
    visitor.close();
    expect(await app.stop(), app.output()).toBe(0);
    stage.opened().check();
    expect(await stage.sessions(), "sessions left over").toBe(before + 1);
    await annotate(`${kills} kills among ${known.acknowledged} answered writes`);
  });
}

/** Not before each writer could have been answered. */
async function killDuringWrites(
  app: AppProcess,
  visitor: Visitor,
  kill: number,
  known: Known,
): Promise<void> {
  const enough = known.acknowledged + WRITERS;
  let dead = false;
  const writers = Array.from({ length: WRITERS }, (_, writer) =>
    writeUntil(() => dead, visitor, `k${writer}`, kill * 100_000, known),
  );
  const over = Promise.all(writers).then(() => {
    if (!dead) throw new Error(`it ended by itself: ${app.output()}`);
  });
  while (known.acknowledged < enough) await Promise.race([over, sleep(5)]);
  await sleep(Math.random() * 100);
  dead = true;
  await app.kill();
  await over;
}

async function writeUntil(
  isDead: () => boolean,
  visitor: Visitor,
  key: string,
  from: number,
  known: Known,
): Promise<void> {
  for (let value = from; !isDead(); value++) {
    known.underway.set(key, value);
    const answer = await visitor.put({ key, value }).catch(() => null);
    if (answer === null) return; // killed before it answered
    expect(answer.status, answer.text).toBe(200);
    known.answered.set(key, value);
    known.acknowledged += 1;
  }
}

async function expectStored(visitor: Visitor, account: string, known: Known): Promise<void> {
  const { user, data } = await visitor.look();
  expect(user).toBe(account);
  for (const [key, value] of known.answered) {
    expect([value, known.underway.get(key)], key).toContain(data[key]);
  }
  for (const [key, value] of Object.entries(data)) {
    expect([known.answered.get(key), known.underway.get(key)], key).toContain(value);
    known.answered.set(key, Number(value));
  }
  known.underway.clear();
}
