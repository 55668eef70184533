// Promise: while the store is away, whoever needs it is told so within half a second, nobody is taken
// for a stranger, everything else goes on, and all is well within 2 s of its return.

import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, AppProcess } from "@latchkey/testing";
import { bestOfThree } from "@latchkey/tools/best-of-three";
import type { DataServer } from "@latchkey/tools/data-server";
import { type FaultProxy, startFaultProxy } from "@latchkey/tools/fault-proxy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Stage } from "./promises.ts";
import { Visitor } from "./visitor.ts";

const SOON_MS = 500;
const BACK_MS = 2_000;
const AT_ONCE = 20;

interface Outage {
  app: AppProcess;
  server: DataServer;
  proxy: FaultProxy;
}

type Turn = (outage: Outage) => Promise<unknown> | unknown;

type Fault = readonly [what: string, away: Turn, back: Turn];

const faults: readonly Fault[] = [
  ["frozen", ({ server }) => server.freeze(), ({ server }) => server.resume()],
  ["refused", ({ proxy }) => proxy.set("refuse"), ({ proxy }) => proxy.set("pass")],
  ["killed", ({ server }) => server.kill(), ({ server }) => server.restart()],
];
const moreFaults: readonly Fault[] = [
  [
    "silent",
    ({ proxy }) => proxy.set("blackhole"),
    ({ proxy }) => proxy.set("pass").then(() => proxy.cut()),
  ],
  [
    "slow by 2 s",
    ({ proxy }) => proxy.set({ kind: "latency", ms: 2_000 }),
    ({ proxy }) => proxy.set("pass"),
  ],
];

export function testOutages(stage: Stage): void {
  describe("away", () => {
    let outage: Outage | null = null;
    const get = (): Outage => {
      if (outage === null) throw new Error("the app has not been started");
      return outage;
    };
    beforeAll(async () => {
      const { url, server } = stage.opened();
      if (server === null) throw new Error("a store without a server is never away");
      const proxy = await startFaultProxy(server.port);
      const app = await stage.start(url.replace(`:${server.port}`, `:${proxy.port}`));
      outage = { app, server, proxy };
    }, 60_000);
    afterAll(async () => {
      await outage?.app.kill();
      await outage?.proxy.stop();
    });

    for (const [what, away, back] of stage.size.allOutages ? [...faults, ...moreFaults] : faults) {
      test(`${what}: guarded 503 within 500 ms, public 200, back within 2 s`, {
        timeout: 120_000,
      }, async () => {
        const { app } = get();
        const worst = await bestOfThree(1, async () => {
          const visitor = new Visitor(app.url);
          await visitor.logIn(stage.account);
          let slowest = 0;
          await away(get());
          try {
            slowest = await askWhileAway(visitor, stage);
          } finally {
            await back(get());
          }
          // Redis, as it is set up here, and what stands in for MongoDB come back empty after a kill.
          const backMs = await untilBack(() => new Visitor(app.url).tryLogIn(stage.account));
          visitor.close();
          return Math.max(slowest / SOON_MS, backMs / BACK_MS);
        });
        expect(worst, "time taken, as a part of what is allowed").toBeLessThan(1);
      });
    }

    test("cut off in the middle of an answer: told so, or asked again; then well", {
      timeout: 60_000,
    }, async () => {
      const { app, proxy } = get();
      const visitor = new Visitor(app.url);
      await visitor.logIn(stage.account);
      for (let turn = 0; turn < 3; turn++) {
        await proxy.set("cut");
        const write = await visitor.put({ key: `cut-${turn}`, value: turn });
        expect([200, 503]).toContain(write.status);
        await proxy.set("pass");
        await untilBack(() => visitor.browser.get("/api/me"));
        const { data } = await visitor.look();
        if (write.status === 200) expect(data).toHaveProperty(`cut-${turn}`, turn);
      }
      visitor.close();
      expect(() => process.kill(app.pid, 0), app.output()).not.toThrow();
      expect(app.output()).not.toMatch(/unhandled|uncaught/i);
    });
  });
}

/** @returns How long the slowest answer took, in milliseconds. */
async function askWhileAway(visitor: Visitor, stage: Stage): Promise<number> {
  const answers = await Promise.all([
    visitor.put({ key: "a", value: 1 }),
    new Visitor(visitor.browser.origin).tryLogIn(stage.account),
  ]);
  for (const answer of answers) expectAway(answer);
  for (let asked = 0; asked < stage.size.requests; asked += AT_ONCE) {
    const guarded = Array.from({ length: AT_ONCE }, (_, index) =>
      visitor.browser.get(index % 2 === 0 ? "/api/me" : "/members"),
    );
    const open = ["/healthz", "/anon"].map((path) => visitor.browser.get(path));
    for (const answer of await Promise.all(guarded)) {
      expectAway(answer);
      answers.push(answer);
    }
    for (const answer of await Promise.all(open)) {
      expect(answer.status).toBe(200);
      answers.push(answer);
    }
  }
  return Math.max(...answers.map(({ ms }) => ms));
}

function expectAway({ status, setCookies, text }: Answer): void {
  expect(status).toBe(503);
  expect(setCookies).toEqual([]);
  expect(text).not.toMatch(/redis|postgres|mysql|mongo|econn|timeout|node:/i);
}

/** @returns How long it took until a request went well, in milliseconds. */
async function untilBack(ask: () => Promise<Answer>): Promise<number> {
  const began = performance.now();
  for (;;) {
    const { status } = await ask();
    const ms = performance.now() - began;
    if (status === 200) return ms;
    expect(status).toBe(503);
    expect(ms, "not back").toBeLessThan(20_000);
    await sleep(50);
  }
}
