// What changes in the table of accounts holds with the next request: no session outlives its user.

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { tempFolder } from "@latchkey/example-shared/start-app";
import { Visitor } from "@latchkey/example-shared/visitor";
import { expect, test } from "vitest";
import { recordsIn } from "./session-rows.ts";
import { alpha, appForAll, beta } from "./start-app.ts";

const folder = tempFolder();
const file = join(folder, "sessions.db");
const app = await appForAll({ STORE: `sqlite:${file}` }, folder);
const users = new DatabaseSync(join(folder, "users.db"), { timeout: 5_000 });

test("a role that is given or taken holds at once", async () => {
  const visitor = new Visitor(app.url);
  await visitor.logIn(beta);
  expect((await visitor.browser.get("/admin")).status).toBe(403);
  users.prepare("update users set role = 'admin' where user = ?").run(beta.user);
  expect((await visitor.browser.get("/admin")).status).toBe(200);
  users.prepare("update users set role = 'member' where user = ?").run(beta.user);
  expect((await visitor.browser.get("/admin")).status).toBe(403);
});

test("a user who is disabled is out at once, for good, and can't come back", async () => {
  const visitor = new Visitor(app.url);
  const cookie = await visitor.logIn(beta);
  expect((await visitor.put({ key: "a", value: 1 })).status).toBe(200);
  users.prepare("update users set disabled = 1 where user = ?").run(beta.user);
  expect((await visitor.put({ key: "a", value: 2, cookie })).status).toBe(403);
  expect(await visitor.look(cookie)).toMatchObject({ user: null, data: {} });
  await expect(new Visitor(app.url).logIn(beta)).rejects.toThrow("401");
  users.prepare("update users set disabled = 0 where user = ?").run(beta.user);
  expect(await visitor.look(cookie)).toMatchObject({ user: null, data: {} });
  await visitor.logIn(beta);
  expect((await visitor.look()).user).toBe(beta.user);
});

test("a user who is deleted is out at once, and leaves no session behind", async () => {
  const other = new Visitor(app.url);
  await other.logIn(beta);
  const before = recordsIn(file)["session"] ?? 0;
  const visitor = new Visitor(app.url);
  const cookie = await visitor.logIn(alpha);
  expect(recordsIn(file)["session"]).toBe(before + 1);
  users.prepare("delete from users where user = ?").run(alpha.user);
  expect(await visitor.look(cookie)).toMatchObject({ user: null, data: {} });
  expect(recordsIn(file)["session"]).toBe(before);
  expect((await other.look()).user).toBe(beta.user);
});
