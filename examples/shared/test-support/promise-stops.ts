// Promise: on SIGTERM, what is in flight is answered and stored, and the process ends within 5 s.

import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Visitor } from "./promise-visitor.ts";
import type { Stage } from "./promises.ts";

const WRITERS = 20;
/** How long a write that is under way takes. */
const SLOW_MS = 600;
const STOP_MS = 5_000;

/** No process may be using the store. */
export function testStops(stage: Stage): void {
  test("SIGTERM: what is in flight is answered and stored", { timeout: 60_000 }, async () => {
    const app = await stage.start();
    const visitor = new Visitor(app.url);
    await visitor.logIn(stage.account);
    const writes = Array.from({ length: WRITERS }, (_, index) =>
      visitor.put({ key: `k${index}`, value: index, delayMs: SLOW_MS }),
    );
    await visitor.put({ key: "first", value: true }); // By now all of them are there.
    await sleep(SLOW_MS / 3);
    const began = performance.now();
    const ended = app.stop();
    for (const { status } of await Promise.all(writes)) expect(status).toBe(200);
    expect(await ended, app.output()).toBe(0);
    expect(performance.now() - began).toBeLessThan(STOP_MS);
    visitor.close();
    stage.opened().check();
    if (!stage.store.lasting) return;

    const next = await stage.start();
    const again = visitor.at(next.url);
    const { data } = await again.look();
    const stored = Array.from({ length: WRITERS }, (_, index) => [`k${index}`, index]);
    expect(data).toEqual({ first: true, ...Object.fromEntries(stored) });
    again.close();
    expect(await next.stop()).toBe(0);
  });
}
