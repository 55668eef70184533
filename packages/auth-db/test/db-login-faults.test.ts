import { csvTable } from "@latchkey/table";
import { describe, expect, it } from "vitest";
import { HashError } from "../src/index.ts";
import { password } from "./known-answers.ts";
import { login, post, sqlUsers } from "./users-tables.ts";
import { hasher } from "./weak-hasher.ts";

describe("faults", () => {
  it("a failing upgrade is reported and doesn't fail the login", async () => {
    const table = await sqlUsers();
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
    const table = await sqlUsers();
    const isActive = () => Promise.reject(new Error("no answer"));
    await expect(post(login(table, { isActive }), "alpha", password)).rejects.toThrow("no answer");
  });
});

describe("a password function of one's own", () => {
  const plain = async (given: string, stored: string) => given === stored;

  it("is asked for unknown users too, and what it accepts is replaced by a hash", async () => {
    const table = await sqlUsers();
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
    const table = await sqlUsers();
    const method = login(table, { password: { verify: plain, upgrade: false } });
    expect(await post(method, "plain", password)).toMatchObject({ kind: "accepted" });
    expect((await table.find("user", "plain"))[0]?.["password"]).toBe(password);
    expect(await post(method, "alpha", password)).toMatchObject({ kind: "rejected" });
    const forgot = { password: { verify: plain, upgrade: false }, forgot: true } as const;
    expect(() => login(table, forgot)).toThrow("password.upgrade");
  });

  it("costs the hasher's work too, whoever it is", async () => {
    const table = await sqlUsers();
    const method = login(table, { password: { verify: plain } });
    for (const user of ["plain", "alpha", "nobody", "blank"]) {
      const { done } = hasher.load;
      await post(method, user, "a wrong password");
      expect([user, hasher.load.done - done]).toEqual([user, 1]);
    }
  });

  it("never accepts an unknown user, nor an answer that isn't true", async () => {
    const table = await sqlUsers();
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
