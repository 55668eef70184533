import { expect, test } from "vitest";
import {
  allOf,
  authorize,
  mfa,
  notRoleAccount,
  type ProofRule,
  roleAccount,
  scope,
} from "../src/index.ts";
import { subject, untyped } from "./subjects.ts";

const noMfa = "You must log in with multi-factor authentication.";
const noScope = "Your credential does not have the required scope.";
const onlyRole = "This is only for role accounts.";
const notRole = "This is not for role accounts.";

const cases: [name: string, rule: ProofRule, proof: object, reason: string | null][] = [
  ["mfa, with", mfa(), { mfa: true }, null],
  ["mfa, without", mfa(), { mfa: false }, noMfa],
  ["mfa, 1 is not true", mfa(), { mfa: 1 }, noMfa],
  ["mfa, unknown", mfa(), { mfa: undefined }, noMfa],
  ["roleAccount, machine", roleAccount(), { roleAccount: true }, null],
  ["roleAccount, person", roleAccount(), { roleAccount: false }, onlyRole],
  ["roleAccount, 'true' is not true", roleAccount(), { roleAccount: "true" }, onlyRole],
  ["notRoleAccount, person", notRoleAccount(), { roleAccount: false }, null],
  ["notRoleAccount, machine", notRoleAccount(), { roleAccount: true }, notRole],
  ["notRoleAccount, unknown", notRoleAccount(), { roleAccount: undefined }, notRole],
  ["scope, key with it", scope("read"), { via: "key", scopes: ["write", "read"] }, null],
  ["scope, key without it", scope("read"), { via: "key", scopes: ["write"] }, noScope],
  ["scope, key without any", scope("read"), { via: "key", scopes: [] }, noScope],
  ["scope, key with a longer one", scope("read"), { via: "key", scopes: ["read:users"] }, noScope],
  ["scope, key with a shorter one", scope("read:users"), { via: "key", scopes: ["read"] }, noScope],
  ["scope, a star is no wildcard", scope("read"), { via: "key", scopes: ["*"] }, noScope],
  ["scope, case counts", scope("read"), { via: "key", scopes: ["READ"] }, noScope],
  ["scope, session", scope("read"), { via: "session", scopes: [] }, null],
  ["scope, session limited to others", scope("read"), { via: "session", scopes: ["x"] }, noScope],
  ["scope, text instead of a list", scope("read"), { via: "key", scopes: "read write" }, noScope],
  ["scope, no text for a session either", scope("read"), { via: "session", scopes: "" }, noScope],
  ["scope, unknown", scope("read"), { via: "session", scopes: undefined }, noScope],
];

test.each(cases)("%s", async (_, rule, proof, reason) => {
  const decision = await untyped(rule)({ ...subject({ id: 1 }), ...proof });
  expect(decision).toEqual(
    reason === null ? { kind: "allow" } : { kind: "forbid", reasons: [reason] },
  );
});

test("several fail: all reasons, in order", async () => {
  const decide = authorize(allOf(mfa(), scope("admin"), roleAccount(), notRoleAccount()));
  expect(await decide(subject({ id: 1 }, { via: "key" }))).toEqual({
    kind: "forbid",
    reasons: [noMfa, noScope, onlyRole],
  });
});

test("the scope's name is not given away", async () => {
  const decision = await authorize(scope("secret:launch"))(subject({ id: 1 }, { via: "key" }));
  expect(JSON.stringify(decision)).not.toContain("secret");
});

test("another message", async () => {
  const decide = authorize({ ...mfa(), message: "Please use your security key." });
  expect(await decide(subject({ id: 1 }))).toEqual({
    kind: "forbid",
    reasons: ["Please use your security key."],
  });
});

test.each(["", " ", "a b", 'a"b', "a\\b", "é", "a\n", undefined, null, 1, ["a"]])(
  "scope(%j) is a TypeError",
  (name) => {
    expect(() => Reflect.apply<unknown, unknown[], unknown>(Object(scope), null, [name])).toThrow(
      new TypeError("scope: name must be one scope, without spaces or quotes"),
    );
  },
);
