// F10: attributes from a row of any table, by the user's id.

import { expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import type { LookupOptions, LookupTable } from "../src/lookup.ts";
import { passwordMethod, right } from "./password-method.ts";
import { type Answer, type Data, json, testApp, type User } from "./test-app.ts";

type Row = Record<string, unknown>;

function tableOf(...rows: Row[]): LookupTable {
  return {
    find: async (column, value, limit = 2) =>
      rows.filter((row) => row[column] === value).slice(0, limit),
  };
}

async function login(lookup: LookupOptions): Promise<Answer> {
  const { context, browser } = testApp();
  const flow = createLoginFlow<User, Data>(context, passwordMethod(), { lookup });
  return browser().send(flow, { method: "POST", headers: json, body: right });
}

const userIn = (answer: Answer): unknown => answer.session.user;

test("every column becomes an attribute", async () => {
  const table = tableOf({ user: "alice", gender: "female", role: "manager", level: 3 });
  const answer = await login({ table, id: "user" });
  const user = { id: "alice", user: "alice", gender: "female", role: "manager", level: 3 };
  expect(userIn(answer)).toEqual(user);
  expect(answer.json()["user"]).toEqual(user);
});

test("null is ignored, an empty text is kept", async () => {
  const table = tableOf({ user: "alice", role: null, team: "", city: undefined });
  expect(userIn(await login({ table, id: "user" }))).toEqual({
    id: "alice",
    user: "alice",
    team: "",
  });
});

test("who has no row logs in as before", async () => {
  const table = tableOf({ user: "bob", role: "manager" });
  expect(userIn(await login({ table, id: "user" }))).toEqual({ id: "alice" });
});

test("neither the id nor a prototype can be changed, and a password stays where it is", async () => {
  const row: Row = JSON.parse(
    '{"user":"alice","id":"root","password":"hash","__proto__":{"role":"admin"}}',
  );
  const user = userIn(await login({ table: tableOf(row), id: "user" }));
  expect(user).toMatchObject({ id: "alice" });
  expect(user).not.toHaveProperty("password");
  expect(user).not.toHaveProperty("role");
});

test("only the columns that are named, if any are", async () => {
  const table = tableOf({ user: "alice", role: "manager", salary: 1 });
  const answer = await login({ table, id: "user", attributes: ["role"] });
  expect(userIn(answer)).toEqual({ id: "alice", role: "manager" });
});

test("two rows of one id are nobody's attributes: the login fails", async () => {
  const table = tableOf({ user: "alice", role: "a" }, { user: "alice", role: "b" });
  await expect(login({ table, id: "user" })).rejects.toThrow("two rows with the same 'user'");
});

test("a table that is away fails the login", async () => {
  const table = { find: () => Promise.reject(new Error("away")) };
  await expect(login({ table, id: "user" })).rejects.toThrow("away");
});

test("refuses options that can't work", async () => {
  const wrong: Row[] = [{}, { table: {}, id: "user" }, { table: tableOf(), id: "" }];
  for (const lookup of wrong) {
    const { context } = testApp();
    const options = JSON.parse(JSON.stringify({ lookup }));
    if (lookup["id"] === "") options.lookup.table = tableOf();
    expect(() => createLoginFlow<User, Data>(context, passwordMethod(), options)).toThrow(
      /lookup\.(table|id)/,
    );
  }
});
