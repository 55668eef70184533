// Which id a user has, wherever it is asked for, and who it belongs to as the table is now.
import { sqlTable } from "@latchkey/table";
import { expect, test } from "vitest";
import { open, post as send, submit } from "../../auth-core/test/test-pages.ts";
import { type DbLoginOptions, dbLogin } from "../src/index.ts";
import { accountApp, linkIn, newPassword, oldPassword, usersTable } from "./account-app.ts";
import { password } from "./known-answers.ts";
import { sqlite } from "./sqlite.ts";
import { current, login, post, sqlUsers, tables } from "./users-tables.ts";
import { hasher } from "./weak-hasher.ts";

/** With ids of its own, as numbers and as text. */
async function numbered() {
  const sql =
    "create table users (id integer primary key, user text unique, password text, uuid text)";
  const table = sqlTable(sqlite(sql), "users");
  await table.insert({ id: 42, user: "ann", password: current, uuid: "7" });
  await table.insert({ id: 7, user: "bob", password: current, uuid: "" });
  return table;
}

const idOf = async (method: ReturnType<typeof dbLogin>, user: string) => {
  const step = await post(method, user, password);
  return step.kind === "accepted" ? step.user : step.kind;
};

test.each([
  ["a column of numbers", { column: "id" }, "42"],
  ["a prefix before it", { column: "id", prefix: "site:" }, "site:42"],
  ["a column of text", { column: "uuid" }, "7"],
  ["a prefix before the name", { prefix: "site:" }, "site:ann"],
])("an id from %s", async (_name, id, expected) => {
  const method = dbLogin({ table: await numbered(), hasher, id });
  const user = { id: expected, user: "ann", uuid: "7" };
  expect(await idOf(method, "ann")).toEqual(user);
  expect(await method.loadUser(expected)).toEqual(user);
});

test("a row without an id is a fault, not a user that many share", async () => {
  const method = dbLogin({ table: await numbered(), hasher, id: { column: "uuid" } });
  await expect(idOf(method, "bob")).rejects.toThrow("id.column");
  expect(await method.loadUser("")).toBeNull();
});

test.each<[string, Partial<DbLoginOptions>]>([
  ["id.column", { id: { column: "" } }],
  ["id.column", { id: { column: "password" } }],
  ["signup.columns", { id: { column: "number" }, signup: { columns: { wish: "number" } } }],
  ["signup.row", { id: { column: "number" }, signup: { row: { number: 1 } } }],
  ["change.emailKey", { id: { column: "email" }, change: true }],
])("%s is refused", async (named, options) => {
  await expect(accountApp(options)).rejects.toThrow(named);
});

test("a new password ends the sessions of this id, and of no other login's name", async () => {
  const { mailbox, flow, browser, login, sessions } = await accountApp({
    id: { prefix: "site:" },
    forgot: true,
    change: true,
  });
  const ann = await login("ann", oldPassword);
  expect(await ann.user()).toBe("site:ann");
  // Somebody whom another login calls `ann`.
  const other = browser();
  await other.send(async ({ session }) => {
    await session.login({ id: "ann" });
    return { status: 204, headers: [], body: "" };
  });
  const tab = browser();
  await submit(tab, flow, "/login?forgot=", { email: "ann" });
  const mail = (await mailbox.waitFor("ann@example.org"))[0]?.mail;
  expect(mail?.text).toContain("for the account ann.");
  const page = await open(tab, flow, await linkIn(mailbox, "ann@example.org"));
  const done = await send(tab, flow, page, { password: newPassword });
  expect(done.status).toBe(200);
  expect([await ann.user(), await other.user()]).toEqual([null, "ann"]);

  const again = await login("ann", newPassword);
  const fields = { user: "ann", password: newPassword, new_password: oldPassword };
  expect((await submit(browser(), flow, "/login?change=", fields)).status).toBe(200);
  expect([await again.user(), await other.user()]).toEqual([null, "ann"]);
  expect(await sessions.list("site:ann")).toEqual([]);
});

test("a password must not be the name, whatever the id is", async () => {
  const table = await usersTable();
  const user = "a name of twenty letters";
  await table.insert({ user, password: null, email: "long@example.org" });
  const { mailbox, flow, browser } = await accountApp({
    table,
    id: { prefix: "x:" },
    forgot: true,
  });
  const tab = browser();
  await submit(tab, flow, "/login?forgot=", { email: user });
  const page = await open(tab, flow, await linkIn(mailbox, "long@example.org"));
  expect((await send(tab, flow, page, { password: user })).status).toBe(400);
});

test.each(tables)(
  "loadUser, from %s: who may log in, without what is hidden",
  async (_kind, open) => {
    const table = await open();
    const method = login(table, { hidden: ["role"] });
    expect(await method.loadUser("alpha")).toEqual({ id: "alpha", user: "alpha", active: "yes" });
    for (const id of ["beta", "twin", "nobody", "ALPHA", "", "alpha\0", "site:alpha"]) {
      expect([id, await method.loadUser(id)]).toEqual([id, null]);
    }
    await table.update({ user: "alpha" }, { active: "no" });
    expect(await method.loadUser("alpha")).toBeNull();
  },
);

test("loadUser knows only ids that begin with the prefix", async () => {
  const { loadUser } = login(await sqlUsers(), { id: { prefix: "site:" } });
  expect(await loadUser("site:alpha")).toMatchObject({ id: "site:alpha", role: "admin" });
  for (const id of ["alpha", "site:", "Site:alpha", "site:site:alpha", "other:alpha"]) {
    expect([id, await loadUser(id)]).toEqual([id, null]);
  }
});
