// The store can't write for a while: what needs no session goes on, nothing is lost or faked, and
// all is well again afterwards.

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { tempFolder } from "@latchkey/example-shared/start-app";
import { expect, test } from "vitest";
import { appForAll } from "./start-app.ts";
import { alpha, Visitor } from "./visitor.ts";

const folder = tempFolder();
const file = join(folder, "sessions.db");
const app = await appForAll({ STORE: `sqlite:${file}` }, folder);

test("while another process writes for a second, writes wait and everything else goes on", async () => {
  const visitor = new Visitor(app.url);
  await visitor.logIn(alpha);
  const { csrfToken } = await visitor.look();
  const other = lockOut();
  const write = visitor.put({ key: "a", value: 1, csrfToken });
  const times: number[] = [];
  for (let turn = 0; turn < 10; turn++) {
    for (const path of ["/healthz", "/anon", "/api/me"]) {
      const answer = await visitor.browser.get(path);
      expect(answer.status, path).toBe(200);
      times.push(answer.ms);
    }
    await sleep(100);
  }
  other.release();
  expect((await write).status).toBe(200);
  expect((await visitor.look()).data).toEqual({ a: 1 });
  expect(Math.max(...times), "the slowest answer meanwhile, ms").toBeLessThan(1_000);
});

test("when it doesn't stop, a write is refused with 503, nothing is half done, and it recovers", {
  timeout: 30_000,
}, async () => {
  const visitor = new Visitor(app.url);
  await visitor.logIn(alpha);
  const { csrfToken } = await visitor.look();
  expect((await visitor.put({ key: "a", value: "old", csrfToken })).status).toBe(200);
  const other = lockOut();
  const [write, login] = await Promise.all([
    visitor.put({ key: "a", value: "new", csrfToken }),
    new Visitor(app.url).browser.sendJson("POST", "/login", alpha),
  ]);
  for (const answer of [write, login]) {
    expect(answer.status).toBe(503);
    expect(answer.header("content-type")).toBe("application/problem+json");
    expect(answer.header("retry-after")).not.toBeNull();
    expect(answer.setCookies).toEqual([]);
    expect(answer.text).not.toMatch(/sqlite|database|\/sessions|node:/i);
  }
  expect((await visitor.browser.get("/healthz")).status).toBe(200);
  other.release();
  expect((await visitor.look()).data).toEqual({ a: "old" });
  const again = await visitor.put({ key: "a", value: "new", csrfToken });
  expect(again.status).toBe(200);
  expect(again.ms).toBeLessThan(2_000);
});

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
