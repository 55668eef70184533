// Rows 28, 33, 34 and 40: a method only ever sees a flat list of texts.

import { describe, expect, test } from "vitest";
import { readFields } from "../src/form-fields.ts";
import { createLoginFlow } from "../src/login-flow.ts";
import type { LoginMethod, LoginRequest } from "../src/login-method.ts";
import { passwordMethod, right, view } from "./password-method.ts";
import { type Data, form, json, testApp, type User } from "./test-app.ts";

const hostile: [string, unknown][] = [
  ["row 34: an operator for a password", { user: "alice", password: { $ne: null } }],
  ["row 34: an operator for a name", { user: { $gt: "" }, password: "right" }],
  ["row 34: a list", { user: ["alice"], password: "right" }],
  ["row 28: two of a name, as parsers give them", { user: ["alice", "bob"], password: "right" }],
  ["row 28: next as a list", { ...right, next: ["/a", "//evil.com"] }],
  ["row 28: next as an object", { ...right, next: { toString: "x" } }],
  ["row 28: the token as a list", { ...right, _csrf: ["x"] }],
  ["a number", { user: "alice", password: 12_345 }],
  ["true", { user: "alice", password: true }],
  ["null", { user: "alice", password: null }],
  ["a body that is a list", [right]],
  ["an empty list", []],
  ["a text", "user=alice&password=right"],
  ["a number alone", 1],
  ["what could not be read", false],
  ["row 33: a megabyte", { user: "alice", password: "x".repeat(1_000_000) }],
  ["a field over 8,192", { ...right, other: "x".repeat(8_193) }],
  ["a hundred and one fields", Object.fromEntries(Array.from({ length: 101 }, (_, n) => [n, "x"]))],
  ["an object under __proto__", JSON.parse('{"__proto__":{"user":"alice"}}')],
];

describe.each(hostile)("%s", (_name, body) => {
  test("is 400, and the method is not asked", async () => {
    const { context, browser } = testApp();
    const method = passwordMethod();
    const flow = createLoginFlow<User, Data>(context, method);
    const program = await browser().send(flow, { method: "POST", headers: json, body });
    expect(program.status).toBe(400);
    expect(program.json()).toMatchObject({ code: "bad-request" });
    const person = await browser().send(flow, { method: "POST", headers: form, body });
    expect(person.status).toBe(400);
    expect(person.body).toContain("<form");
    expect(method.tries).toEqual([]);
  });

  test("takes under 10 ms", () => {
    const start = performance.now();
    expect(readFields(body)).toBeNull();
    expect(performance.now() - start).toBeLessThan(10);
  });
});

test("the flow lives on after all of that", async () => {
  const { context, browser } = testApp();
  const flow = createLoginFlow<User, Data>(context, passwordMethod());
  const mine = browser();
  const all = hostile.map(([, body]) => mine.send(flow, { method: "POST", headers: json, body }));
  await Promise.all(all);
  const answer = await mine.send(flow, { method: "POST", headers: json, body: right });
  expect(answer.status).toBe(200);
});

describe("what a method sees", () => {
  async function seenBy(body: unknown, verb = "POST"): Promise<LoginRequest[]> {
    const seen: LoginRequest[] = [];
    const method: LoginMethod<User> = {
      name: "look",
      account: () => null,
      async step(request) {
        seen.push(request);
        return { kind: "show", view };
      },
    };
    const { context, browser } = testApp();
    const flow = createLoginFlow<User, Data>(context, method);
    await browser().send(flow, { method: verb, headers: json, body });
    return seen;
  }

  test("no property that nobody sent", async () => {
    const [request] = await seenBy({ user: "alice" });
    expect(request?.fields["toString"]).toBeUndefined();
    expect(request?.fields["constructor"]).toBeUndefined();
    expect(Object.getPrototypeOf(request?.fields)).toBeNull();
  });

  test("names that are special elsewhere, as plain texts", async () => {
    const body: unknown = JSON.parse('{"__proto__":"a","constructor":"b","user":"alice"}');
    const [request] = await seenBy(body);
    expect(Object.entries(request?.fields ?? {})).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
      ["user", "alice"],
    ]);
    expect({}).not.toHaveProperty("user");
  });

  test("texts exactly as they were sent", async () => {
    const password = " p\u0000ä\u0308 \ud83d\ude00\r\n";
    expect((await seenBy({ password }))[0]?.fields).toEqual({ password });
  });

  test("the longest field and the most fields", async () => {
    const long = "x".repeat(8_192);
    const body = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, long]));
    expect((await seenBy(body))[0]?.fields).toEqual(body);
  });

  test("no body at all is no fields, and neither is a body of a GET", async () => {
    expect((await seenBy(null))[0]?.fields).toEqual({});
    expect((await seenBy(undefined))[0]?.fields).toEqual({});
    expect((await seenBy({ user: "alice" }, "GET"))[0]?.fields).toEqual({});
    expect((await seenBy({ user: "alice" }, "HEAD"))[0]?.method).toBe("GET");
  });
});

test("row 40: what a form adds is in neither the user nor the session", async () => {
  const { context, browser } = testApp();
  const flow = createLoginFlow<User, Data>(context, passwordMethod());
  const body = { ...right, role: "admin", id: "root", mfa: "true", "user.role": "admin" };
  const answer = await browser().send(flow, { method: "POST", headers: json, body });
  expect(answer.json()["user"]).toEqual({ id: "alice" });
  expect(answer.session.user).toEqual({ id: "alice" });
  expect([answer.session.mfa, { ...answer.session.data }]).toEqual([false, {}]);
});

describe("no header can be written from outside", () => {
  const evil = "x\r\nset-cookie: sid=evil";

  test.each([
    ["next in the query", { url: `/login?next=/${encodeURIComponent(evil)}` }],
    ["next in the body", { body: { ...right, next: `/${evil}` } }],
    ["the path", { url: `/login/${evil}` }],
    ["the Host header", { host: evil }],
    ["the name", { body: { user: evil, password: "right" } }],
  ])("by %s", async (_name, init) => {
    const { context, browser } = testApp();
    const flow = createLoginFlow<User, Data>(context, passwordMethod());
    for (const headers of [json, { ...form, "sec-fetch-site": "same-origin" }]) {
      const sent = { method: "POST", headers, body: right, ...init };
      for (const request of [sent, { ...init, method: "GET" }]) {
        const { headers: lines } = await browser().send(flow, request);
        // What Node.js and the Fetch standard take for a header's value.
        for (const [, value] of lines) expect(value).toMatch(/^[\t\x20-\x7e\x80-\xff]*$/);
      }
    }
  });
});

test("a body is read without being changed", () => {
  const body = Object.freeze({ ...right });
  expect(readFields(body)).toEqual(right);
});
