import { createLoginFlow } from "@latchkey/auth-core";
import { sqlTable, type Table } from "@latchkey/table";
import { describe, expect, it } from "vitest";
import { loginRequest } from "../../auth-core/test/login-request.ts";
import { type Data, testApp, type User } from "../../auth-core/test/test-app.ts";
import { type DbLoginOptions, dbLogin, type PasswordHasher } from "../src/index.ts";
import { outdatedAnswers, password } from "./known-answers.ts";
import { sqlite } from "./sqlite.ts";
import { current, login, pbkdf2, post, tables } from "./users-tables.ts";
import { hasher } from "./weak-hasher.ts";

const begun = { id: "a-session", endsAt: Date.now() + 60_000 };

describe.each(tables)("L2: login with users from %s", (_, open) => {
  it("accepts a user with the password, and gives the row without it", async () => {
    expect(await post(login(await open()), "alpha", password)).toEqual({
      kind: "accepted",
      user: { id: "alpha", user: "alpha", role: "admin", active: "yes" },
      still: expect.any(Function),
    });
  });

  it("a login under way when the password changes gets no session", async () => {
    const table = await open();
    const app = testApp();
    const another = await hasher.hash("another password");
    const changing: PasswordHasher = {
      ...hasher,
      async verify(given, stored) {
        const verified = await hasher.verify(given, stored);
        // Somebody else: the new password, and the end of all sessions that there are.
        await table.update({ user: "alpha" }, { password: another });
        await app.sessions.revokeAll("alpha");
        return verified;
      },
    };
    const flow = createLoginFlow<User, Data>(app.context, login(table, { hasher: changing }));
    const browser = app.browser();
    const { status } = await browser.submit(flow, { user: "alpha", password });
    expect(status).toBe(401);
    expect(await browser.user()).toBeNull();
    expect(await app.sessions.list("alpha")).toEqual([]);
  });

  it("a login keeps its session when another one replaced the same password's hash", async () => {
    const table = await open();
    const step = await post(login(table), "alpha", password);
    await table.update({ user: "alpha" }, { password: await hasher.hash(password) });
    expect(step.kind === "accepted" && (await step.still?.(begun))).toBe(true);
    await table.update({ user: "alpha" }, { active: "no" });
    expect(step.kind === "accepted" && (await step.still?.(begun))).toBe(false);
  });

  it.each(["alpha", "beta", "blank", "null", "plain", "twin", "nobody", "ALPHA", "alpha "])(
    "refuses %s with a wrong password, and all but alpha with the right one",
    async (user) => {
      const method = login(await open());
      expect(await post(method, user, `${password}!`)).toMatchObject({
        kind: "rejected",
        reason: "invalid-credentials",
      });
      const kind = user === "alpha" ? "accepted" : "rejected";
      expect(await post(method, user, password)).toMatchObject({ kind });
    },
  );

  it.each(Object.entries(outdatedAnswers))("replaces %s at the first login", async (_, stored) => {
    const table = await open();
    await table.insert({ user: "legacy", password: stored, active: "yes" });
    const method = login(table);
    expect(await post(method, "legacy", `${password}!`)).toMatchObject({ kind: "rejected" });
    expect((await table.find("user", "legacy"))[0]?.["password"]).toBe(stored);
    for (const time of ["first", "second"]) {
      expect([time, await post(method, "legacy", password)]).toMatchObject([
        time,
        { kind: "accepted", user: { id: "legacy" } },
      ]);
      const next = (await table.find("user", "legacy"))[0]?.["password"];
      expect(next).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
    }
  });

  it("replaces nothing for a user who may not log in", async () => {
    const table = await open();
    expect(await post(login(table), "oldbeta", password)).toMatchObject({ kind: "rejected" });
    expect((await table.find("user", "oldbeta"))[0]?.["password"]).toBe(pbkdf2);
  });

  it("replaces once under 50 parallel logins, and accepts them all", async () => {
    const table = await open();
    const counts: number[] = [];
    const counted: Table = {
      ...table,
      async update(where, changes) {
        const count = await table.update(where, changes);
        counts.push(count);
        return count;
      },
    };
    const method = login(counted);
    const steps = await Promise.all(
      Array.from({ length: 50 }, () => post(method, "old", password)),
    );
    expect(steps.filter(({ kind }) => kind === "accepted")).toHaveLength(50);
    expect(counts.filter((count) => count === 1)).toHaveLength(1);
    expect(await post(method, "old", password)).toMatchObject({ kind: "accepted" });
  });

  it("never overwrites a password that is changed meanwhile", async () => {
    const table = await open();
    const changed = await hasher.hash("another password");
    const slow: PasswordHasher = {
      ...hasher,
      async hash(given) {
        await table.update({ user: "old" }, { password: changed });
        return hasher.hash(given);
      },
    };
    const step = await post(login(table, { hasher: slow }), "old", password);
    expect(step.kind === "accepted" && (await step.still?.(begun))).toBe(false);
    expect((await table.find("user", "old"))[0]?.["password"]).toBe(changed);
    expect(await post(login(table), "old", password)).toMatchObject({ kind: "rejected" });
    expect(await post(login(table), "old", "another password")).toMatchObject({ kind: "accepted" });
  });
});

describe("columns and fields", () => {
  const script = `create table people (id integer, mail text, hash text, token text, n integer);
    insert into people values (7, 'a@example.com', '${current}', 'secret', null)`;
  const options: DbLoginOptions = {
    table: sqlTable(sqlite(script), "people"),
    user: { column: "mail", field: "email" },
    password: { column: "hash", field: "pass" },
    hidden: ["token"],
    hasher,
  };

  it("are named by the options; the id is the user column", async () => {
    const request = loginRequest("POST", { email: "a@example.com", pass: password });
    expect(await dbLogin(options).step(request)).toEqual({
      kind: "accepted",
      user: { id: "a@example.com", mail: "a@example.com", n: null },
      still: expect.any(Function),
    });
  });

  it("make the form", async () => {
    expect(await dbLogin(options).step(loginRequest("GET"))).toEqual({
      kind: "show",
      view: {
        title: "Log in",
        fields: [
          { name: "email", label: "User name", type: "text", autocomplete: "username" },
          { name: "pass", label: "Password", type: "password", autocomplete: "current-password" },
        ],
        submit: "Log in",
      },
    });
  });

  it("tells a column that isn't there", async () => {
    const request = loginRequest("POST", { user: "a@example.com", password });
    const table = options.table;
    await expect(
      dbLogin({ table, hasher, user: { column: "mail" } }).step(request),
    ).rejects.toThrow(/password\.column: the table has no column 'password'/);
    await expect(dbLogin({ table, hasher }).step(request)).rejects.toMatchObject({
      code: "ERR_TABLE_COLUMN",
    });
  });

  it("are checked at construction", () => {
    const { table } = options;
    expect(() => dbLogin({ table, user: { column: "" } })).toThrow(/user\.column/);
    expect(() => dbLogin({ table, user: { column: "password" } })).toThrow(/user\.column/);
    expect(() => dbLogin({ table, password: { field: "user" } })).toThrow(/user\.field/);
    expect(() => dbLogin(JSON.parse("{}"))).toThrow(/table/);
  });
});
