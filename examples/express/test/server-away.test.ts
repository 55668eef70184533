// The store's server hangs, is gone, is cut off or slow: whoever needs the session is told so soon,
// everything else goes on, and all is well again when it is back.

import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { tempFolder } from "@latchkey/example-shared/start-app";
import { Visitor } from "@latchkey/example-shared/visitor";
import type { Answer, AppProcess } from "@latchkey/testing";
import { bestOfThree } from "@latchkey/tools/best-of-three";
import { startFaultProxy } from "@latchkey/tools/fault-proxy";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dataServers, onServer } from "./data-servers.ts";
import { alpha, appForAll } from "./start-app.ts";

const SOON_MS = 500;
const BACK_MS = 2_000;
/** What a thousand requests may leave behind, MB. */
const GROWTH_MB = 30;

for (const [name, start] of dataServers) {
  await onServer(name, start, async (server) => {
    const proxy = await startFaultProxy(server.port);
    afterAll(() => proxy.stop());
    const store = server.url.replace(`:${server.port}`, `:${proxy.port}`);
    // Memory is to be what is kept, not what V8 has not got round to collect.
    const app = await appForAll({ STORE: store }, tempFolder(), ["--optimize-for-size"]);
    beforeAll(() => warmUp(app));

    const faults: [what: string, away: () => unknown, back: () => unknown][] = [
      ["frozen", () => server.freeze(), () => server.resume()],
      ["refused", () => proxy.set("refuse"), () => proxy.set("pass")],
      ["silent", () => proxy.set("blackhole"), () => proxy.set("pass").then(() => proxy.cut())],
      ["slow by 2 s", () => proxy.set({ kind: "latency", ms: 2_000 }), () => proxy.set("pass")],
    ];
    for (const [what, away, back] of faults) {
      test(`${name} ${what}: 503 soon, never a stranger's page; back within 2 s`, {
        timeout: 90_000,
      }, async () => {
        const visitor = new Visitor(app.url);
        await visitor.logIn(alpha);
        const worst = await bestOfThree(1, async () => {
          const answers: Answer[] = [];
          await away();
          try {
            const firstWrite = visitor.put({ key: "a", value: 1 });
            const login = new Visitor(app.url).browser.sendJson("POST", "/login", alpha);
            answers.push(...(await Promise.all([firstWrite, login])));
            for (const answer of answers) expectAway(answer);
            answers.push(...(await askWhileAway(app, visitor)));
          } finally {
            await back();
          }
          const write = { key: "b", value: 2 };
          const backMs = await untilBack(() => visitor.put(write));
          expect((await visitor.browser.get("/api/me")).status).toBe(200);
          return Math.max(slowestOf(answers) / SOON_MS, backMs / BACK_MS);
        });
        expect(worst, "time taken, as a part of what is allowed").toBeLessThan(1);
      });
    }

    test(`${name} cut off in the middle of an answer: told so, or asked again; then well`, {
      timeout: 30_000,
    }, async () => {
      const visitor = new Visitor(app.url);
      await visitor.logIn(alpha);
      for (let turn = 0; turn < 5; turn++) {
        await proxy.set("cut");
        const { status } = await visitor.browser.get("/api/me");
        expect([200, 503]).toContain(status);
        await proxy.set("pass");
        const backMs = await untilBack(() => visitor.browser.get("/api/me"));
        expect(backMs).toBeLessThan(BACK_MS);
      }
    });

    test(`${name} killed: 503; started again, people can log in within 2 s`, {
      timeout: 120_000,
    }, async () => {
      const worst = await bestOfThree(1, async () => {
        const visitor = new Visitor(app.url);
        await visitor.logIn(alpha);
        await server.kill();
        const slowest = slowestOf(await askWhileAway(app, visitor));
        await server.restart();
        const backMs = await untilBack(() =>
          new Visitor(app.url).browser.sendJson("POST", "/login", alpha),
        );
        return Math.max(slowest / SOON_MS, backMs / BACK_MS);
      });
      expect(worst, "time taken, as a part of what is allowed").toBeLessThan(1);
    });

    test(`${name}: the app has neither crashed nor lost an error`, () => {
      expect(() => process.kill(app.pid, 0), app.output()).not.toThrow();
      expect(app.output()).not.toMatch(/unhandled|uncaught/i);
    });
  });
}

/** A thousand requests, of which none may leave anything waiting. */
async function askWhileAway(app: AppProcess, visitor: Visitor): Promise<Answer[]> {
  const before = rssOf(app.pid);
  const answers: Answer[] = [];
  for (let round = 0; round < 20; round++) {
    const guarded = Array.from({ length: 50 }, (_, index) =>
      visitor.browser.get(index % 2 === 0 ? "/api/me" : "/members"),
    );
    const open = ["/healthz", "/anon"].map((path) => visitor.browser.get(path));
    for (const answer of await Promise.all(guarded)) expectAway(answer);
    for (const { status } of await Promise.all(open)) expect(status).toBe(200);
    answers.push(...(await Promise.all([...guarded, ...open])));
  }
  expect(rssOf(app.pid) - before, "MB that the app has grown by").toBeLessThan(GROWTH_MB);
  return answers;
}

function expectAway({ status, setCookies, text }: Answer): void {
  expect(status).toBe(503);
  expect(setCookies).toEqual([]);
  expect(text).not.toMatch(/redis|postgres|mysql|econn|timeout|node:/i);
}

function slowestOf(answers: readonly Answer[]): number {
  return Math.max(...answers.map(({ ms }) => ms));
}

/** @returns How long it takes, in milliseconds, until it is answered with 200 again. */
async function untilBack(ask: () => Promise<Answer>): Promise<number> {
  const began = performance.now();
  while (performance.now() - began < 10 * BACK_MS) {
    const { status } = await ask();
    if (status === 200) break;
    expect(status).toBe(503);
    await sleep(50);
  }
  return performance.now() - began;
}

/** A first run of what is measured later: code is compiled, buffers and connections are there. */
async function warmUp(app: AppProcess): Promise<void> {
  const { browser } = new Visitor(app.url);
  for (let round = 0; round < 40; round++) {
    await Promise.all(Array.from({ length: 50 }, () => browser.get("/members")));
  }
  browser.close();
}

/** Resident memory, MB. */
function rssOf(pid: number): number {
  if (process.platform !== "linux") return 0;
  const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kb) / 1024;
}
