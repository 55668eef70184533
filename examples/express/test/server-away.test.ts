// The store's server hangs, is gone, is cut off or slow: whoever needs the session is told so soon,
// everything else goes on, and all is well again when it is back.

import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { tempFolder } from "@latchkey/example-shared/start-app";
import type { AppProcess } from "@latchkey/testing";
import type { DataServer } from "@latchkey/tools/data-server";
import { startFaultProxy } from "@latchkey/tools/fault-proxy";
import { askRedis } from "@latchkey/tools/redis";
import { afterAll, expect, test } from "vitest";
import { dataServers, onServer } from "./data-servers.ts";
import { appForAll } from "./start-app.ts";
import { alpha, Visitor } from "./visitor.ts";

/** An answer is due after half a second; the rest is for the two slow cores that tests share. */
const SOON_MS = 2_500;
const BACK_MS = 2_000;

for (const [name, start] of dataServers) {
  await onServer(name, start, async (server) => {
    const proxy = await startFaultProxy(server.port);
    afterAll(() => proxy.stop());
    const store = server.url.replace(`:${server.port}`, `:${proxy.port}`);
    const app = await appForAll({ STORE: store }, tempFolder());

    const faults: [what: string, away: () => unknown, back: () => unknown][] = [
      ["frozen", () => server.freeze(), () => server.resume()],
      ["refused", () => proxy.set("refuse"), () => proxy.set("pass")],
      ["silent", () => proxy.set("blackhole"), () => proxy.set("pass").then(() => proxy.cut())],
      ["slow by 2 s", () => proxy.set({ kind: "latency", ms: 2_000 }), () => proxy.set("pass")],
    ];
    for (const [what, away, back] of faults) {
      test(`${name} ${what}: 503 soon, never a stranger's page; back within 2 s`, {
        timeout: 60_000,
      }, async () => {
        const visitor = new Visitor(app.url);
        await visitor.logIn(alpha);
        const { csrfToken } = await visitor.look();
        await away();
        try {
          const firstWrite = visitor.put({ key: "a", value: 1, csrfToken });
          const login = new Visitor(app.url).browser.sendJson("POST", "/login", alpha);
          for (const answer of await Promise.all([firstWrite, login])) expectAway(answer);
          await expectAllAway(app, visitor);
        } finally {
          await back();
        }
        await expectBack(visitor);
        expect((await visitor.put({ key: "b", value: 2, csrfToken })).status).toBe(200);
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
        await expectBack(visitor);
      }
    });

    test(`${name} killed: 503; started again, people can log in within 2 s`, {
      timeout: 90_000,
    }, async () => {
      const visitor = new Visitor(app.url);
      await visitor.logIn(alpha);
      await server.kill();
      await expectAllAway(app, visitor);
      await server.restart();
      const began = performance.now();
      let status = 0;
      while (status !== 200 && performance.now() - began < 5 * BACK_MS) {
        const again = new Visitor(app.url).browser;
        ({ status } = await again.sendJson("POST", "/login", alpha));
        if (status !== 200) await sleep(50);
      }
      expect(status).toBe(200);
      expect(performance.now() - began).toBeLessThan(BACK_MS + SOON_MS);
    });

    if (name === "Redis") testRefusedWrites(server, app);

    test(`${name}: the app has neither crashed nor lost an error`, () => {
      expect(() => process.kill(app.pid, 0), app.output()).not.toThrow();
      expect(app.output()).not.toMatch(/unhandled|uncaught/i);
    });
  });
}

function testRefusedWrites(server: DataServer, app: AppProcess): void {
  const modes: [what: string, on: readonly string[], off: readonly string[]][] = [
    ["out of memory", ["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"]],
    ["a replica", ["REPLICAOF", "127.0.0.1", "1"], ["REPLICAOF", "NO", "ONE"]],
  ];
  for (const [what, on, off] of modes) {
    test(`Redis ${what}: reads go on, writes are refused and change nothing`, async () => {
      const visitor = new Visitor(app.url);
      await visitor.logIn(alpha);
      const { csrfToken } = await visitor.look();
      const ask = ([command = "", ...args]: readonly string[]): Promise<unknown> =>
        askRedis(server.port, (redis) => redis.call(command, ...args));
      await ask(on);
      try {
        for (let turn = 0; turn < 10; turn++) {
          const write = await visitor.put({ key: "a", value: turn, csrfToken });
          expect(write.status).toBe(503);
          expect((await visitor.browser.get("/api/me")).status).toBe(200);
        }
        const login = await new Visitor(app.url).browser.sendJson("POST", "/login", alpha);
        expectAway(login);
      } finally {
        await ask(off);
      }
      await sleep(600); // Writes are given a pause.
      expect((await visitor.look()).data).toEqual({});
      expect((await visitor.put({ key: "a", value: "back", csrfToken })).status).toBe(200);
    });
  }
}

interface Said {
  status: number;
  ms: number;
  setCookies: readonly unknown[];
  text: string;
}

function expectAway({ status, ms, setCookies, text }: Said): void {
  expect(status).toBe(503);
  expect(ms).toBeLessThan(SOON_MS);
  expect(setCookies).toEqual([]);
  expect(text).not.toMatch(/redis|postgres|mysql|econn|timeout|node:/i);
}

async function expectAllAway(app: AppProcess, visitor: Visitor): Promise<void> {
  const before = rssOf(app.pid);
  for (let round = 0; round < 20; round++) {
    const guarded = Array.from({ length: 50 }, (_, index) =>
      visitor.browser.get(index % 2 === 0 ? "/api/me" : "/members"),
    );
    const open = ["/healthz", "/anon"].map((path) => visitor.browser.get(path));
    for (const answer of await Promise.all(guarded)) expectAway(answer);
    for (const { status, ms } of await Promise.all(open)) {
      expect(status).toBe(200);
      expect(ms).toBeLessThan(SOON_MS);
    }
  }
  // A thousand requests, of which none may leave anything waiting; V8 is lazy with its garbage.
  expect(rssOf(app.pid) - before).toBeLessThan(150);
}

async function expectBack(visitor: Visitor): Promise<void> {
  const began = performance.now();
  for (;;) {
    const { status } = await visitor.browser.get("/api/me");
    if (status === 200) break;
    expect(status).toBe(503);
    expect(performance.now() - began).toBeLessThan(BACK_MS + SOON_MS);
    await sleep(50);
  }
}

/** Resident memory, MB. */
function rssOf(pid: number): number {
  if (process.platform !== "linux") return 0;
  const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kb) / 1024;
}
