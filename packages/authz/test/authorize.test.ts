import { afterEach, expect, test, vi } from "vitest";
import { authorize } from "../src/index.ts";
import { plain, subject, untyped } from "./subjects.ts";

const ann = subject({ id: "ann", role: "admin" });
const allow = { kind: "allow" };
const login = { kind: "login" };
const forbid = { kind: "forbid", reasons: [plain] };

afterEach(() => vi.restoreAllMocks());

test.each([
  ["true, logged in", true, ann, allow],
  ["true, nobody", true, null, login],
  ["false, logged in", false, ann, allow],
  ["false, nobody", false, null, allow],
  ["membership, nobody", { membership: { role: "admin" } }, null, login],
  ["membership that holds", { membership: { role: "admin" } }, ann, allow],
  ["membership that fails", { membership: { role: "editor" } }, ann, forbid],
  ["condition, nobody", { condition: () => true }, null, login],
  ["condition that holds", { condition: () => true }, ann, allow],
  ["condition that fails", { condition: () => false }, ann, forbid],
  ["asynchronous condition that holds", { condition: async () => true }, ann, allow],
  ["asynchronous condition that fails", { condition: async () => false }, ann, forbid],
  ["bare function that holds", () => true, ann, allow],
  ["bare function that fails", () => false, ann, forbid],
  ["anyOf, nobody", { anyOf: [true] }, null, login],
  ["allOf, nobody", { allOf: [true] }, null, login],
])("%s", async (_, rule, who, decision) => {
  expect(await untyped(rule)(who)).toEqual(decision);
});

test("nobody logged in: no condition is asked", async () => {
  const condition = vi.fn(() => true);
  await authorize({ anyOf: [condition, { allOf: [{ condition }] }] })(null);
  expect(condition).not.toHaveBeenCalled();
});

test("membership and condition are both needed, membership first", async () => {
  const condition = vi.fn(() => true);
  const decide = authorize({ membership: { role: "admin" }, condition });
  expect(await decide(subject({ role: "guest" }))).toEqual(forbid);
  expect(condition).not.toHaveBeenCalled();
  expect(await decide(ann)).toEqual(allow);
  expect(condition).toHaveBeenCalledWith(ann);
  condition.mockReturnValue(false);
  expect(await decide(ann)).toEqual(forbid);
});

test("a message takes the place of the plain reason", async () => {
  const message = "Ask Bob for access.";
  const rules = [
    { membership: { role: "editor" }, message },
    { condition: () => false, message },
    { allOf: [() => false, { condition: () => false, message: "other" }], message },
    { anyOf: [() => false, { condition: () => false, message: "other" }], message },
  ];
  for (const rule of rules) {
    expect(await untyped(rule)(ann)).toEqual({ kind: "forbid", reasons: [message] });
  }
});

test("reasons don't tell what the rule asks for, nor who asked", async () => {
  const rule = { membership: { "secret.path": ["secret-role", 424242] } };
  const { secret } = { secret: subject({ secret: { path: "secret-value" } }) };
  const decision = await authorize({ anyOf: [rule, { allOf: [rule] }] })(secret);
  expect(decision).toEqual(forbid);
  expect(JSON.stringify(decision)).not.toMatch(/secret|424242/);
});

test("every decision is its own object: changing one doesn't change the next", async () => {
  const decide = authorize({ condition: () => false, message: "first" });
  const one = await decide(ann);
  if (one.kind === "forbid") one.reasons.push("changed");
  expect(await decide(ann)).toEqual({ kind: "forbid", reasons: ["first"] });
});

test("the operator is told what was thrown, the visitor isn't", async () => {
  const errors: unknown[] = [];
  const boom = new Error("password of the database");
  const rule = { condition: () => Promise.reject(boom), message: "Only for staff." };
  const decision = await authorize(rule, { onError: (error) => errors.push(error) })(ann);
  expect(decision).toEqual({ kind: "forbid", reasons: ["Only for staff."] });
  expect(errors).toEqual([boom]);
});

test("a plain no is not an error", async () => {
  const errors: unknown[] = [];
  await untyped({ anyOf: [() => false, { membership: { role: "x" } }] }, errors)(ann);
  await untyped({ membership: { "none.x": "y" } }, errors)(subject({ none: null }));
  await untyped(true, errors)(null);
  expect(errors).toEqual([]);
});

test("without onError the error goes to console.error", async () => {
  const log = vi.spyOn(console, "error").mockReturnValue();
  const boom = new Error("boom");
  const decide = authorize(() => {
    throw boom;
  });
  expect(await decide(ann)).toEqual(forbid);
  expect(log).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("refused"), boom);
});

test.each([
  [
    "throws",
    () => {
      throw new Error("logger");
    },
  ],
  ["rejects", () => Promise.reject(new Error("logger"))],
])("an onError that %s changes no decision and loses no error", async (_, onError) => {
  const log = vi.spyOn(console, "error").mockReturnValue();
  const boom = new Error("boom");
  const condition = () => Promise.reject(boom);
  expect(await authorize({ anyOf: [condition, true] }, { onError })(ann)).toEqual(allow);
  expect(await authorize(condition, { onError })(ann)).toEqual(forbid);
  await vi.waitFor(() => expect(log).toHaveBeenCalledTimes(2));
  expect(log).toHaveBeenLastCalledWith(expect.anything(), boom);
});

test("an onError that never comes back doesn't hold up the decision", async () => {
  const onError = () => new Promise<void>(() => {});
  const decide = authorize(() => Promise.reject(new Error("boom")), { onError });
  expect(await decide(ann)).toEqual(forbid);
});

test("decisions at the same time don't mix", async () => {
  const errors: unknown[] = [];
  const slow = async ({ user }: { user: unknown }) => {
    const { id, wait } = { id: "", wait: 0, ...Object(user) };
    await new Promise((resolve) => setTimeout(resolve, wait));
    return id === "ann";
  };
  const decide = untyped({ allOf: [slow, { condition: slow, message: "Not you." }] }, errors);
  const names = ["bob", "ann", "eve", "ann"];
  const decisions = await Promise.all(
    names.map((id, index) => decide(subject({ id, wait: 5 * (names.length - index) }))),
  );
  expect(decisions.map(({ kind }) => kind)).toEqual(["forbid", "allow", "forbid", "allow"]);
  expect(decisions[0]).toEqual({ kind: "forbid", reasons: [plain, "Not you."] });
  expect(errors).toEqual([]);
});
