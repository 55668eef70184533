// Promise: on SIGTERM, what is in flight is answered and stored, and the process ends within 5 s. A
// logout stays one in the process that is started next.

import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { expectOver } from "./promise-logouts.ts";
import type { Stage } from "./promises.ts";
import { Visitor } from "./visitor.ts";

const WRITERS = 20;
/** How long a write that is under way takes. */
const SLOW_MS = 600;
const STOP_MS = 5_000;

export function testStops(stage: Stage): void {
  test("SIGTERM: what is in flight is answered and stored", { timeout: 60_000 }, async () => {
    const app = await stage.start();
    const visitors = await loggedIn(app.url, stage);
    const leaver = new Visitor(app.url);
    await leaver.logIn(stage.account);
    const left = leaver.at(app.url);
    const writes = Array.from({ length: WRITERS }, (_, index) =>
      writerOf(visitors, index).put({ key: `k${index}`, value: index, delayMs: SLOW_MS }),
    );
    expect((await leaver.logOut()).status).toBe(200); // By now all of the writes are there.
    await sleep(SLOW_MS / 3);
    const began = performance.now();
    const ended = app.stop();
    for (const { status } of await Promise.all(writes)) expect(status).toBe(200);
    expect(await ended, app.output()).toBe(0);
    expect(performance.now() - began).toBeLessThan(STOP_MS);
    stage.opened().check();

    const next = await stage.start();
    await expectOver([left.at(next.url)]);
    const found = await Promise.all(visitors.map((visitor) => visitor.at(next.url).look()));
    const stored = Array.from({ length: WRITERS }, (_, index) => [`k${index}`, index]);
    expect(Object.assign({}, ...found.map(({ data }) => data))).toEqual(
      stage.store.lasting ? Object.fromEntries(stored) : {},
    );
    for (const each of [...visitors, leaver, left]) each.close();
    expect(await next.stop()).toBe(0);
  });
}

/** One, or as many as there are writers where parallel writes of one session are not merged. */
function loggedIn(url: string, stage: Stage): Promise<Visitor[]> {
  const count = stage.store.dataIn === "store" ? 1 : WRITERS;
  const logins = Array.from({ length: count }, async () => {
    const visitor = new Visitor(url);
    await visitor.logIn(stage.account);
    return visitor;
  });
  return Promise.all(logins);
}

function writerOf(visitors: readonly Visitor[], index: number): Visitor {
  const visitor = visitors[index % visitors.length];
  if (visitor === undefined) throw new Error("nobody has logged in");
  return visitor;
}
