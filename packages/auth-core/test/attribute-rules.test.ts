// F11: attributes changed by rules, in order, each seeing what those before it did.

import { describe, expect, test } from "vitest";
import type { AttributeRule } from "../src/attribute-rules.ts";
import { applyRules } from "../src/attribute-rules.ts";
import { matchesGlob } from "../src/glob.ts";
import { createLoginFlow } from "../src/login-flow.ts";
import { passwordMethod, right } from "./password-method.ts";
import { type Data, json, testApp, type User } from "./test-app.ts";

const rule = (selector: string, pattern: string, field: string, value: unknown): AttributeRule => ({
  selector,
  pattern,
  field,
  value,
});
const rules = [rule("email", "*@gmail.com", "role", "guest"), rule("role", "admin", "city", "NYC")];
const jane = { id: "alpha", email: "jane@gramener.com", role: "admin", city: "BLR" };
const john = { id: "beta", email: "john@gmail.com", role: "intern", city: "MUM" };

test("the example of Gramex's guide", async () => {
  expect(await applyRules(jane, rules)).toEqual({ ...jane, city: "NYC" });
  expect(await applyRules(john, rules)).toEqual({ ...john, role: "guest" });
});

test("cascade in their order, and only in it", async () => {
  const chain = [rule("a", "1", "b", "1"), rule("b", "1", "c", "1")];
  const user = { id: "x", a: "1", b: "0", c: "0" };
  expect(await applyRules(user, chain)).toMatchObject({ b: "1", c: "1" });
  expect(await applyRules(user, chain.toReversed())).toMatchObject({ b: "1", c: "0" });
});

test.each<[string, unknown, string, boolean]>([
  ["a number", 7, "7", true],
  ["true", true, "true", true],
  ["one of a list", ["staff", "admins"], "adm*", true],
  ["none of a list", ["staff"], "adm*", false],
  ["nothing", undefined, "*", false],
  ["null", null, "*", false],
  ["an object", { a: 1 }, "*", false],
  ["an empty text", "", "*", true],
])("what fits: %s", async (_name, value, pattern, fits) => {
  const user = await applyRules({ id: "x", value, hit: false }, [
    rule("value", pattern, "hit", true),
  ]);
  expect(user.hit).toBe(fits);
});

test("may add an attribute, leave one empty, and not pollute anything", async () => {
  const user = await applyRules({ id: "x" }, [
    rule("id", "x", "role", ""),
    rule("id", "x", "gone", null),
    rule("id", "x", "__proto__", { admin: true }),
  ]);
  expect(user).toMatchObject({ id: "x", role: "", gone: null });
  expect(user).not.toHaveProperty("admin");
});

test("at a login, from a table that is read each time", async () => {
  const { context, browser } = testApp();
  let rows = [rule("id", "al*", "role", "guest")];
  const table = { all: async () => rows.map((row) => ({ ...row })) };
  const flow = createLoginFlow<User, Data>(context, passwordMethod(), { rules: table });
  const mine = browser();
  const roleAfterLogin = async (): Promise<unknown> => {
    const answer = await mine.send(flow, { method: "POST", headers: json, body: right });
    return answer.json()["user"];
  };
  expect(await roleAfterLogin()).toEqual({ id: "alice", role: "guest" });
  rows = [];
  expect(await roleAfterLogin()).toEqual({ id: "alice" });
});

test("work on what the lookup found", async () => {
  const { context, browser } = testApp();
  const table = { find: async () => [{ role: "admin" }] };
  const lookup = { table, id: "user", attributes: ["role"] };
  const flow = createLoginFlow<User, Data>(context, passwordMethod(), { lookup, rules });
  const answer = await browser().send(flow, { method: "POST", headers: json, body: right });
  expect(answer.session.user).toEqual({ id: "alice", role: "admin", city: "NYC" });
});

test.each<[string, unknown[]]>([
  ["the id", [rule("a", "b", "id", "root")]],
  ["no pattern", [{ selector: "a", field: "b", value: 1 }]],
  ["no value", [{ selector: "a", pattern: "*", field: "b" }]],
])("a list with %s is refused at start, a table's row at the login", async (_name, list) => {
  const options = JSON.parse(JSON.stringify({ rules: list }));
  const { context } = testApp();
  expect(() => createLoginFlow<User, Data>(context, passwordMethod(), options)).toThrow(
    /rules\[0\]/,
  );
  const table = { all: async () => options.rules };
  await expect(applyRules({ id: "x" }, table)).rejects.toThrow(/rules\[0\]/);
});

describe("patterns", () => {
  test.each<[string, string, boolean]>([
    ["", "", true],
    ["", "a", false],
    ["*", "", true],
    ["**", "anything", true],
    ["a*c", "abc", true],
    ["a*c", "abcd", false],
    ["a*b*c", "a-b-b-c", true],
    ["*@gmail.com", "x@gmail.com", true],
    ["*@gmail.com", "x@gmail.com.evil", false],
    ["*@gmail.com", "x@gmailxcom", false],
    ["Admin", "admin", false],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["?", "😀", true],
    ["?", "\n", true],
    ["[abc]x", "bx", true],
    ["[abc]x", "dx", false],
    ["[a-c]", "b", true],
    ["[!a-c]", "b", false],
    ["[!a-c]", "d", true],
    ["[]]", "]", true],
    ["[!]]", "]", false],
    ["[a-]", "-", true],
    ["[ab", "[ab", true],
    ["a.c+(d|e)", "a.c+(d|e)", true],
    ["^a$", "a", false],
    ["a\\*", "a\\b", true],
  ])("%j and %j: %j", (pattern, text, fits) => {
    expect(matchesGlob(pattern, text)).toBe(fits);
  });

  test("none is slow", () => {
    const began = performance.now();
    expect(matchesGlob(`${"*a".repeat(50)}b`, "a".repeat(5_000))).toBe(false);
    // A backtracking regular expression would need years.
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
