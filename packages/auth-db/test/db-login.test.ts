import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLoginFlow, type LoginMethod, type LoginStep } from "@latchkey/auth-core";
import { csvTable, type Row, sqlTable, type Table } from "@latchkey/table";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loginRequest } from "../../auth-core/test/login-request.ts";
import { type Data, testApp, type User } from "../../auth-core/test/test-app.ts";
import {
  createPasswordHasher,
  type DbLoginOptions,
  type DbUser,
  dbLogin,
  HashError,
  type PasswordHasher,
} from "../src/index.ts";
import { outdatedAnswers, password } from "./known-answers.ts";
import { sqlite } from "./sqlite.ts";

const begun = { id: "a-session", endsAt: Date.now() + 60_000 };
const hasher = createPasswordHasher({
  memoryKiB: 64,
  passes: 1,
  allowWeak: true,
  queueLimit: 1_000,
});
const current: string = await hasher.hash(password);
const pbkdf2 = outdatedAnswers["django pbkdf2_sha256"] ?? "";

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "latchkey-auth-db-"));
});
afterAll(() => rm(folder, { recursive: true }));

const users = [
  { user: "alpha", password: current, role: "admin", active: "yes" },
  { user: "beta", password: current, role: "", active: "no" },
  { user: "old", password: pbkdf2, role: "", active: "yes" },
  { user: "oldbeta", password: pbkdf2, role: "", active: "no" },
  { user: "blank", password: "", role: "", active: "yes" },
  { user: "plain", password, role: "", active: "yes" },
  { user: "twin", password: current, role: "", active: "yes" },
  { user: "twin", password: current, role: "", active: "yes" },
] satisfies Row[];

const tables: [kind: string, open: () => Promise<Table>][] = [
  [
    "SQLite",
    async () => {
      const table = sqlTable(
        sqlite("create table users (user text, password text, role text, active text)"),
        "users",
      );
      for (const row of users) await table.insert(row);
      await table.insert({ user: "null", password: null, active: "yes" });
      return table;
    },
  ],
  [
    "CSV",
    async () => {
      const path = join(folder, `${files++}.csv`);
      const lines = users.map((row) => Object.values(row).join(";"));
      await writeFile(path, ["user;password;role;active", ...lines, ""].join("\n"));
      return csvTable(path, { delimiter: ";" });
    },
  ],
];

function login(table: Table, options: Partial<DbLoginOptions> = {}): LoginMethod<DbUser> {
  return dbLogin({ table, hasher, isActive: (row) => row["active"] === "yes", ...options });
}

function post(
  method: LoginMethod<DbUser>,
  user: string,
  given: string,
): Promise<LoginStep<DbUser>> {
  return method.step(loginRequest("POST", { user, password: given }));
}

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

describe("security", () => {
  const [, open] = tables[0] ?? [];
  const sql = async (): Promise<Table> => (await open?.()) ?? csvTable("none");

  /** Counts verifications, real and for nobody. */
  function counting(): PasswordHasher & { calls: string[] } {
    const calls: string[] = [];
    return {
      calls,
      hash: (given) => {
        calls.push("hash");
        return hasher.hash(given);
      },
      verify: (given, stored) => {
        calls.push(`verify ${stored.slice(0, 25)}`);
        return hasher.verify(given, stored);
      },
      dummyVerify: (given) => {
        calls.push("dummy");
        return hasher.dummyVerify(given);
      },
      get load() {
        return hasher.load;
      },
    };
  }

  it("row 31: known, unknown, disabled, doubled and hashless users cost one verification", async () => {
    const table = await sql();
    for (const user of ["alpha", "nobody", "beta", "twin", "blank", "null", "plain"]) {
      for (const given of [password, "wrong"]) {
        const counted = counting();
        const before = hasher.load.done;
        await post(login(table, { hasher: counted }), user, given);
        expect([user, counted.calls.length, hasher.load.done - before]).toEqual([user, 1, 1]);
      }
    }
  });

  it("row 31: isActive is asked only once the password was right", async () => {
    const table = await sql();
    let asked = 0;
    const method = login(table, { isActive: () => ++asked > 0 });
    for (const user of ["alpha", "beta", "nobody"]) await post(method, user, "wrong");
    expect(asked).toBe(0);
    expect(await post(method, "beta", password)).toMatchObject({ kind: "accepted" });
    expect(asked).toBe(1);
  });

  it("row 32: the same answer for known, unknown, disabled, doubled and hashless users", async () => {
    const method = login(await sql());
    const answers = await Promise.all(
      ["alpha", "nobody", "beta", "twin", "blank", "null", "plain", "old"].map(async (user) =>
        JSON.stringify(await post(method, user, "wrong")).replaceAll(`"${user}"`, '"*"'),
      ),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain("invalid-credentials");
  });

  it("row 32: a hash that can't be tried gives the same answer, and is reported", async () => {
    const table = await sql();
    const absurd = `$pbkdf2-sha256$999999999$AAAAAAAAAAAAAAAAAAAAAA$${"A".repeat(43)}`;
    await table.insert({ user: "absurd", password: absurd, active: "yes" });
    const errors: unknown[] = [];
    const counted = counting();
    const method = login(table, { hasher: counted, onError: (error) => errors.push(error) });
    const step = await post(method, "absurd", "wrong");
    const unknown = await post(method, "nobody", "wrong");
    expect(JSON.stringify(step).replace("absurd", "nobody")).toBe(JSON.stringify(unknown));
    expect(errors).toMatchObject([{ code: "ERR_HASH_COST" }]);
    expect(counted.calls.filter((call) => call === "dummy")).toHaveLength(2);
  });

  it("row 33: refuses a password of 1 MB within 10 ms, without hashing or looking up", async () => {
    const counted = counting();
    const method = login(
      { ...(await sql()), find: () => Promise.reject(new Error("looked up")) },
      { hasher: counted },
    );
    const started = performance.now();
    expect(await post(method, "alpha", "x".repeat(1_000_000))).toMatchObject({
      kind: "rejected",
      reason: "bad-request",
    });
    expect(performance.now() - started).toBeLessThan(10);
    expect(counted.calls).toEqual([]);
  });

  it("row 34: refuses everything that isn't text, and what is missing or empty", async () => {
    const method = login({ ...(await sql()), find: () => Promise.reject(new Error("looked up")) });
    const odd: Record<string, string>[] = [
      {},
      { user: "alpha" },
      { password },
      { user: "", password },
      { user: "alpha", password: "" },
      { user: "alpha\0", password },
      { user: "\ud800", password },
      { user: "alpha", password: "\udc00" },
      { user: "x".repeat(1_025), password },
      JSON.parse('{"user":{"$ne":null},"password":{"$ne":null}}'),
      JSON.parse('{"user":["alpha"],"password":["x"]}'),
      JSON.parse('{"user":1,"password":true}'),
    ];
    for (const fields of odd) {
      expect(await method.step(loginRequest("POST", fields))).toMatchObject({
        kind: "rejected",
        reason: "bad-request",
      });
    }
  });

  it("takes SQL and object members for names like any other", async () => {
    const method = login(await sql());
    for (const user of ["' or 1=1 --", '" or ""="', "__proto__", "constructor", "%", "user"]) {
      expect(await post(method, user, password)).toMatchObject({ reason: "invalid-credentials" });
    }
  });

  it("keeps the user name in the form, never the password", async () => {
    const step = await post(login(await sql()), "alpha", "hunter2");
    expect(step).toHaveProperty("view.fields.0.value", "alpha");
    expect(JSON.stringify(step)).not.toContain("hunter2");
  });

  it("names the account exactly as it is looked up", async () => {
    const method = login(await sql());
    const account = (user: string) => method.account(loginRequest("POST", { user }));
    expect(["alpha", " Alpha ", ""].map(account)).toEqual(["alpha", " Alpha ", null]);
    expect(method.account(loginRequest("GET"))).toBeNull();
  });

  it("is busy when the queue is full, while the others finish", async () => {
    const narrow = createPasswordHasher({
      memoryKiB: 1_024,
      passes: 1,
      concurrency: 1,
      queueLimit: 10,
      allowWeak: true,
    });
    const method = login(await sql(), { hasher: narrow });
    const steps = await Promise.all(
      Array.from({ length: 30 }, (_, at) => post(method, at % 2 ? "alpha" : "nobody", "wrong")),
    );
    const reasons = steps.map((step) => (step.kind === "rejected" ? step.reason : step.kind));
    expect(reasons.filter((reason) => reason === "busy").length).toBeGreaterThan(0);
    expect(reasons.filter((reason) => reason === "invalid-credentials").length).toBeGreaterThan(10);
    expect(new Set(reasons)).toEqual(new Set(["busy", "invalid-credentials"]));
  });
});

describe("faults", () => {
  it("a failing upgrade is reported and doesn't fail the login", async () => {
    const table = (await tables[0]?.[1]()) ?? csvTable("none");
    const errors: unknown[] = [];
    const options = { onError: (error: unknown) => errors.push(error) };
    const readOnly = { ...table, update: () => Promise.reject(new Error("read-only")) };
    expect(await post(login(readOnly, options), "old", password)).toMatchObject({
      kind: "accepted",
    });
    expect(errors).toMatchObject([{ message: "read-only" }]);
    const busy = { ...hasher, hash: () => Promise.reject(new HashError("ERR_HASH_BUSY", "busy")) };
    expect(await post(login(table, { ...options, hasher: busy }), "old", password)).toMatchObject({
      kind: "accepted",
    });
    expect(errors).toHaveLength(1);
  });

  it("a failing table fails the login, and so does a failing isActive", async () => {
    await expect(post(login(csvTable("nosuch.csv")), "alpha", password)).rejects.toMatchObject({
      code: "ERR_TABLE_MISSING",
    });
    const table = (await tables[0]?.[1]()) ?? csvTable("none");
    const isActive = () => Promise.reject(new Error("no answer"));
    await expect(post(login(table, { isActive }), "alpha", password)).rejects.toThrow("no answer");
  });
});

describe("a password function of one's own", () => {
  const plain = async (given: string, stored: string) => given === stored;

  it("is asked for unknown users too, and what it accepts is replaced by a hash", async () => {
    const table = (await tables[0]?.[1]()) ?? csvTable("none");
    const seen: string[] = [];
    const method = login(table, {
      password: {
        verify(given, stored) {
          seen.push(stored);
          return plain(given, stored);
        },
      },
    });
    expect(await post(method, "plain", "wrong")).toMatchObject({ kind: "rejected" });
    expect(await post(method, "nobody", password)).toMatchObject({ kind: "rejected" });
    expect(await post(method, "plain", password)).toMatchObject({ kind: "accepted" });
    expect(seen).toEqual([password, "", password]);
    // Now the hash is what is stored: it must not do as a password.
    const stored = (await table.find("user", "plain"))[0]?.["password"];
    expect(stored).toMatch(/^\$argon2id\$/);
    expect(await post(method, "plain", password)).toMatchObject({ kind: "accepted" });
    expect(await post(method, "plain", String(stored))).toMatchObject({ kind: "rejected" });
    expect(seen.slice(3)).toEqual(["", ""]);
  });

  it("decides alone with upgrade: false, and nothing is replaced", async () => {
    const table = (await tables[0]?.[1]()) ?? csvTable("none");
    const method = login(table, { password: { verify: plain, upgrade: false } });
    expect(await post(method, "plain", password)).toMatchObject({ kind: "accepted" });
    expect((await table.find("user", "plain"))[0]?.["password"]).toBe(password);
    expect(await post(method, "alpha", password)).toMatchObject({ kind: "rejected" });
    const forgot = { password: { verify: plain, upgrade: false }, forgot: true } as const;
    expect(() => login(table, forgot)).toThrow("password.upgrade");
  });

  it("costs the hasher's work too, whoever it is", async () => {
    const table = (await tables[0]?.[1]()) ?? csvTable("none");
    const method = login(table, { password: { verify: plain } });
    for (const user of ["plain", "alpha", "nobody", "blank"]) {
      const { done } = hasher.load;
      await post(method, user, "a wrong password");
      expect([user, hasher.load.done - done]).toEqual([user, 1]);
    }
  });

  it("never accepts an unknown user, nor an answer that isn't true", async () => {
    const table = (await tables[0]?.[1]()) ?? csvTable("none");
    const always = login(table, { password: { verify: () => true } });
    for (const user of ["nobody", "blank", "null", "twin"]) {
      expect(await post(always, user, "x")).toMatchObject({ reason: "invalid-credentials" });
    }
    const errors: unknown[] = [];
    const throwing = login(table, {
      password: { verify: () => Promise.reject(new Error("broken")) },
      onError: (error) => errors.push(error),
    });
    for (const user of ["alpha", "nobody"]) {
      expect(await post(throwing, user, password)).toMatchObject({ reason: "invalid-credentials" });
    }
    expect(errors).toHaveLength(2);
  });
});
