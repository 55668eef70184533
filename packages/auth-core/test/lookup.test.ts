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

test("the columns that are named become attributes, and no other", async () => {
  const secrets = { pw_hash: "$argon2id$xyz", totp_secret: "JBSWY3DP" };
  const table = tableOf({ user: "alice", role: "manager", level: 3, ...secrets });
  const answer = await login({ table, id: "user", attributes: ["role", "level", "nosuch"] });
  const user = { id: "alice", role: "manager", level: 3 };
  expect(userIn(answer)).toEqual(user);
  expect(answer.json()["user"]).toEqual(user);
});

test("null is ignored, an empty text is kept", async () => {
  const table = tableOf({ user: "alice", role: null, team: "", city: undefined });
  const attributes = ["role", "team", "city"];
  expect(userIn(await login({ table, id: "user", attributes }))).toEqual({
    id: "alice",
    team: "",
  });
});

test("who has no row logs in as before", async () => {
  const table = tableOf({ user: "bob", role: "manager" });
  expect(userIn(await login({ table, id: "user", attributes: ["role"] }))).toEqual({ id: "alice" });
});

test("neither the id nor a prototype can be changed", async () => {
  const row: Row = JSON.parse('{"user":"alice","id":"root","__proto__":{"role":"admin"}}');
  const attributes = ["id", "user", "__proto__", "role"];
  const user = userIn(await login({ table: tableOf(row), id: "user", attributes }));
  expect(user).toMatchObject({ id: "alice", user: "alice" });
  expect(user).not.toHaveProperty("role");
});

test("two rows of one id are nobody's attributes: the login fails", async () => {
  const table = tableOf({ user: "alice", role: "a" }, { user: "alice", role: "b" });
  await expect(login({ table, id: "user", attributes: ["role"] })).rejects.toThrow(
    "two rows with the same 'user'",
  );
});

test("a table that is away fails the login", async () => {
  const table = { find: () => Promise.reject(new Error("away")) };
  await expect(login({ table, id: "user", attributes: ["role"] })).rejects.toThrow("away");
});

test("refuses options that can't work", async () => {
  const wrong: [option: string, lookup: Row][] = [
    ["table", {}],
    ["table", { table: {}, id: "user" }],
    ["id", { table: true, id: "" }],
    ["attributes", { table: true, id: "user" }],
    ["attributes", { table: true, id: "user", attributes: "role" }],
    ["attributes", { table: true, id: "user", attributes: [1] }],
  ];
  for (const [option, lookup] of wrong) {
    const { context } = testApp();
    const options = JSON.parse(JSON.stringify({ lookup }));
    if (lookup["table"] === true) options.lookup.table = tableOf();
    const create = () => createLoginFlow<User, Data>(context, passwordMethod(), options);
    expect(create).toThrow(`lookup.${option}`);
  }
});
