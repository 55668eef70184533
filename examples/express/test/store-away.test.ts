// The store can't write for a while: what needs no session goes on, nothing is lost or faked, and
// all is well again afterwards.

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { tempFolder } from "@latchkey/example-shared/start-app";
import { Visitor } from "@latchkey/example-shared/visitor";
import { bestOfThree } from "@latchkey/tools/best-of-three";
import { expect, test } from "vitest";
import { alpha, appForAll } from "./start-app.ts";

const SOON_MS = 300;
/** The store waits for 400 ms. */
const REFUSED_MS = 500;

const folder = tempFolder();
const file = join(folder, "sessions.db");
const app = await appForAll({ STORE: `sqlite:${file}` }, folder);

test("while another process writes for a moment, writes wait and everything else goes on", async () => {
  const visitor = new Visitor(app.url);
  await visitor.logIn(alpha);
  let value = 0;
  const slowest = await bestOfThree(SOON_MS, async () => {
    value += 1;
    const other = lockOut();
    const write = visitor.put({ key: "a", value });
    const times = await askElse(visitor, 3);
    other.release();
    // It waits for 400 ms: a machine that takes longer for the rest of this says nothing of it.
    if ((await write).status !== 200) return Number.POSITIVE_INFINITY;
    expect((await visitor.look()).data).toEqual({ a: value });
    return Math.max(...times);
  });
  expect(slowest, "the slowest answer meanwhile, ms").toBeLessThan(SOON_MS);
});

test("when it doesn't stop, a write is refused soon, nothing is half done, and it recovers", {
  timeout: 30_000,
}, async () => {
  const visitor = new Visitor(app.url);
  await visitor.logIn(alpha);
  expect((await visitor.put({ key: "a", value: "old" })).status).toBe(200);
  const worst = await bestOfThree(1, async () => {
    const other = lockOut();
    const others = askElse(visitor, 10);
    const [write, login] = await Promise.all([
      visitor.put({ key: "a", value: "new" }),
      new Visitor(app.url).browser.sendJson("POST", "/login", alpha),
    ]);
    const slowest = Math.max(...(await others));
    other.release();
    for (const answer of [write, login]) {
      expect(answer.status).toBe(503);
      expect(answer.header("content-type")).toBe("application/problem+json");
      expect(answer.header("retry-after")).not.toBeNull();
      expect(answer.setCookies).toEqual([]);
      expect(answer.text).not.toMatch(/sqlite|database|\/sessions|node:/i);
    }
    expect((await visitor.look()).data).toEqual({ a: "old" });
    return Math.max(write.ms / REFUSED_MS, slowest / SOON_MS);
  });
  expect(worst, "time taken, as a part of what is allowed").toBeLessThan(1);
  const again = await visitor.put({ key: "a", value: "new" });
  expect(again.status).toBe(200);
  expect((await visitor.look()).data).toEqual({ a: "new" });
});

/** What needs no write. @returns How long each answer took, in milliseconds. */
async function askElse(visitor: Visitor, turns: number): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    for (const path of ["/healthz", "/anon", "/api/me"]) {
      const answer = await visitor.browser.get(path);
      expect(answer.status, path).toBe(200);
      times.push(answer.ms);
    }
    await sleep(100);
  }
  return times;
}

/** Takes the one lock for writing that SQLite has. */
function lockOut(): { release(): void } {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  database.exec("begin immediate");
  return {
    release() {
      database.exec("rollback");
      database.close();
    },
  };
}
