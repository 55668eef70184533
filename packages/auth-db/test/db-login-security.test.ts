// What a login with users of a table must not tell, and what it must not cost.

import type { Table } from "@latchkey/table";
import { describe, expect, it } from "vitest";
import { loginRequest } from "../../auth-core/test/login-request.ts";
import { createPasswordHasher, HashError, type PasswordHasher } from "../src/index.ts";
import { outdatedAnswers, password } from "./known-answers.ts";
import { current, login, pbkdf2, post, sqlUsers } from "./users-tables.ts";
import { hasher } from "./weak-hasher.ts";

describe("security", () => {
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
    const table = await sqlUsers();
    for (const user of ["alpha", "nobody", "beta", "twin", "blank", "null", "plain"]) {
      for (const given of [password, "wrong"]) {
        const counted = counting();
        const before = hasher.load.done;
        await post(login(table, { hasher: counted }), user, given);
        expect([user, counted.calls.length, hasher.load.done - before]).toEqual([user, 1, 1]);
      }
    }
  });

  /** What a failed login costs, by scheme: what can't be verified costs one of argon2id. */
  async function costOf(
    table: Table,
    users: [user: string, given: string][],
  ): Promise<Record<string, string[]>> {
    const counted = counting();
    const method = login(table, { hasher: counted });
    // Each is met once.
    for (const [user] of users) await post(method, user, "wrong");
    const costs: Record<string, string[]> = {};
    for (const [user, given] of users) {
      counted.calls.length = 0;
      expect(await post(method, user, given)).toMatchObject({ reason: "invalid-credentials" });
      costs[user] = counted.calls.map(
        (call) => /\$2b\$\d+|pbkdf2_sha256\$\d+/.exec(call)?.[0] ?? "argon2id",
      );
    }
    return costs;
  }

  it("row 31: where there are older schemes, every failure costs one of each, in one order", async () => {
    const table = await sqlUsers();
    const stored = outdatedAnswers["bcrypt 2b"] ?? "";
    await table.insert({ user: "bcrypt", password: stored, active: "yes" });
    const wrong = ["nobody", "alpha", "old", "bcrypt", "twin", "blank", "null", "plain"];
    const costs = await costOf(table, [
      ...wrong.map((user): [string, string] => [user, "wrong"]),
      ["beta", password], // right, but disabled
      ["oldbeta", password],
    ]);
    for (const [user, cost] of Object.entries(costs)) {
      expect([user, ...cost]).toEqual([user, "argon2id", "pbkdf2_sha256$6000", "$2b$04"]);
    }
  });

  it("row 31: the dearest hash of a scheme counts, and much cheaper ones cost it, too", async () => {
    const table = await sqlUsers();
    for (const rounds of [2_000, 5_000]) {
      const stored = pbkdf2.replace("$6000$", `$${rounds}$`);
      await table.insert({ user: `of ${rounds}`, password: stored, active: "yes" });
    }
    const users = ["of 2000", "of 5000", "old", "nobody", "alpha"];
    const costs = await costOf(
      table,
      users.map((user) => [user, "wrong"]),
    );
    expect(costs).toEqual({
      "of 2000": ["argon2id", "pbkdf2_sha256$2000", "pbkdf2_sha256$6000"],
      "of 5000": ["argon2id", "pbkdf2_sha256$5000"],
      old: ["argon2id", "pbkdf2_sha256$6000"],
      nobody: ["argon2id", "pbkdf2_sha256$6000"],
      alpha: ["argon2id", "pbkdf2_sha256$6000"],
    });
  });

  it("row 31: nobody's own hash is kept for that, and what is kept matches no password", async () => {
    for (const stored of [current, ...Object.values(outdatedAnswers)]) {
      const table = await sqlUsers();
      await table.insert({ user: "one", password: stored, active: "no" });
      const given: string[] = [];
      const spying: PasswordHasher = {
        ...hasher,
        async verify(text, hash) {
          given.push(hash);
          const verified = await hasher.verify(text, hash);
          expect(verified.ok).toBe(hash === stored);
          return verified;
        },
      };
      const method = login(table, { hasher: spying });
      await post(method, "one", password);
      await post(method, "nobody", password);
      expect(given).toHaveLength(2);
      expect(given[1]).not.toBe(stored);
      expect(given[1]).toHaveLength(stored.length);
    }
  });

  it("a wrong password is one though the hasher has no time for the rest", async () => {
    const table = await sqlUsers();
    let left = Number.POSITIVE_INFINITY;
    const busy: PasswordHasher = {
      ...hasher,
      verify: (given, stored) =>
        left-- > 0
          ? hasher.verify(given, stored)
          : Promise.reject(new HashError("ERR_HASH_BUSY", "100 passwords are waiting already")),
    };
    const method = login(table, { hasher: busy });
    await post(method, "old", "wrong");
    left = 1;
    expect(await post(method, "alpha", "wrong")).toMatchObject({ reason: "invalid-credentials" });
    left = 0;
    expect(await post(method, "alpha", "wrong")).toMatchObject({ reason: "busy" });
  });

  it("row 31: isActive is asked only once the password was right", async () => {
    const table = await sqlUsers();
    let asked = 0;
    const method = login(table, { isActive: () => ++asked > 0 });
    for (const user of ["alpha", "beta", "nobody"]) await post(method, user, "wrong");
    expect(asked).toBe(0);
    expect(await post(method, "beta", password)).toMatchObject({ kind: "accepted" });
    expect(asked).toBe(1);
  });

  it("row 32: the same answer for known, unknown, disabled, doubled and hashless users", async () => {
    const method = login(await sqlUsers());
    const answers = await Promise.all(
      ["alpha", "nobody", "beta", "twin", "blank", "null", "plain", "old"].map(async (user) =>
        JSON.stringify(await post(method, user, "wrong")).replaceAll(`"${user}"`, '"*"'),
      ),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain("invalid-credentials");
  });

  it("row 32: a hash that can't be tried gives the same answer, and is reported", async () => {
    const table = await sqlUsers();
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
      { ...(await sqlUsers()), find: () => Promise.reject(new Error("looked up")) },
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
    const method = login({
      ...(await sqlUsers()),
      find: () => Promise.reject(new Error("looked up")),
    });
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
    const method = login(await sqlUsers());
    for (const user of ["' or 1=1 --", '" or ""="', "__proto__", "constructor", "%", "user"]) {
      expect(await post(method, user, password)).toMatchObject({ reason: "invalid-credentials" });
    }
  });

  it("keeps the user name in the form, never the password", async () => {
    const step = await post(login(await sqlUsers()), "alpha", "hunter2");
    expect(step).toHaveProperty("view.fields.0.value", "alpha");
    expect(JSON.stringify(step)).not.toContain("hunter2");
  });

  it("names the account exactly as it is looked up", async () => {
    const method = login(await sqlUsers());
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
    const method = login(await sqlUsers(), { hasher: narrow });
    const steps = await Promise.all(
      Array.from({ length: 30 }, (_, at) => post(method, at % 2 ? "alpha" : "nobody", "wrong")),
    );
    const reasons = steps.map((step) => (step.kind === "rejected" ? step.reason : step.kind));
    expect(reasons.filter((reason) => reason === "busy").length).toBeGreaterThan(0);
    expect(reasons.filter((reason) => reason === "invalid-credentials").length).toBeGreaterThan(10);
    expect(new Set(reasons)).toEqual(new Set(["busy", "invalid-credentials"]));
  });
});
