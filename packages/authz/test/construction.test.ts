// What can't be meant is a TypeError when the server starts, which names the part of the rule.
import { afterEach, expect, test } from "vitest";
import { allOf, anyOf, authorize, requirement } from "../src/index.ts";
import { plain, subject, untyped } from "./subjects.ts";

function call(target: unknown, ...args: unknown[]): unknown {
  return Reflect.apply(Object(target), undefined, args);
}

/** The message of the TypeError that `act` throws; any other outcome fails the test. */
function typeError(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
  throw new Error("nothing was thrown");
}

afterEach(() => {
  Reflect.deleteProperty(Object.prototype, "condition");
  Reflect.deleteProperty(Object.prototype, "membership");
});

class Rules {
  membership = { role: "admin" };
  get condition() {
    return () => true;
  }
}

const check = () => true;
const cases: [name: string, rule: unknown, named: string][] = [
  ["undefined", undefined, "rule must be true, a function or a rule object, not undefined"],
  ["null", null, "rule must be true, a function or a rule object, not null"],
  ["text", "admin", "rule must be true, a function or a rule object, not string"],
  ["'true'", "true", "not string"],
  ["'false'", "false", "not string"],
  ["0", 0, "not number"],
  ["1", 1, "not number"],
  ["a list", [{ membership: { role: "admin" } }], "not array"],
  ["an empty list", [], "not array"],
  ["a symbol", Symbol("x"), "not symbol"],
  ["{}", {}, "rule asks for nothing"],
  ["a Map", new Map([["membership", { role: "admin" }]]), "rule asks for nothing"],
  ["a promise of a rule", Promise.resolve(true), "rule asks for nothing"],
  ["inherited keys only", Object.create({ membership: { role: "x" } }), "rule asks for nothing"],
  ["a message only", { message: "Go away." }, "rule asks for nothing"],
  ["a typo", { memebership: { role: "admin" } }, "rule.memebership is not known"],
  ["a typo beside a right key", { membership: { role: "x" }, conditon: check }, "rule.conditon"],
  ["a key in capitals", { Membership: { role: "x" } }, "rule.Membership is not known"],
  ["a Gramex key of the adapter", { condition: check, login_url: "/in" }, "rule.login_url"],
  ["a symbol as a key", { condition: check, [Symbol("x")]: 1 }, "rule.Symbol(x) is not known"],
  ["__proto__ from JSON", JSON.parse('{"__proto__": {"membership": {}}}'), "rule.__proto__"],
  ["not enumerable", Object.defineProperty({ condition: check }, "x", { value: 1 }), "rule.x"],

  [
    "condition undefined",
    { condition: undefined },
    "rule.condition must be a function, not undefined",
  ],
  ["condition true", { condition: true }, "rule.condition must be a function, not boolean"],
  [
    "condition undefined beside membership",
    { membership: { a: 1 }, condition: undefined },
    "rule.condition",
  ],
  ["message empty", { condition: check, message: "" }, "rule.message must be a text"],
  ["message blank", { condition: check, message: " \n" }, "rule.message must be a text"],
  ["message undefined", { condition: check, message: undefined }, "rule.message must be a text"],
  ["message a function", { condition: check, message: () => "x" }, "rule.message must be a text"],

  ["membership undefined", { membership: undefined }, "rule.membership must be an object"],
  [
    "membership undefined beside condition",
    { condition: check, membership: undefined },
    "rule.membership",
  ],
  ["membership null", { membership: null }, "rule.membership must be an object"],
  ["membership text", { membership: "admin" }, "rule.membership must be an object"],
  ["membership true", { membership: true }, "rule.membership must be an object"],
  ["membership {}", { membership: {} }, "rule.membership is empty"],
  ["membership a Map", { membership: new Map([["role", "x"]]) }, "rule.membership is empty"],
  [
    "membership inherited",
    { membership: Object.create({ role: "x" }) },
    "rule.membership is empty",
  ],
  ["membership with {} in a list", { membership: [{ a: 1 }, {}] }, "rule.membership[1] is empty"],
  ["membership with a list in a list", { membership: [[{ a: 1 }]] }, "rule.membership[0] must be"],
  ["membership with a hole", { membership: new Array(1) }, "rule.membership[0] must be"],
  ["membership with text in a list", { membership: ["admin"] }, "rule.membership[0] must be"],
  [
    "membership with a symbol",
    { membership: { [Symbol("x")]: 1 } },
    "rule.membership has a symbol",
  ],
  ["value undefined", { membership: { role: undefined } }, "rule.membership.role must be a string"],
  ["value null", { membership: { role: null } }, "rule.membership.role must be"],
  ["value NaN", { membership: { role: Number.NaN } }, "rule.membership.role must be"],
  ["value a symbol", { membership: { role: Symbol("x") } }, "rule.membership.role must be"],
  ["value a bigint", { membership: { role: 1n } }, "rule.membership.role must be"],
  ["value a function", { membership: { role: () => true } }, "rule.membership.role must be"],
  ["value a pattern", { membership: { role: /./ } }, "rule.membership.role must be"],
  [
    "value an object",
    { membership: { address: { country: "NL" } } },
    "rule.membership.address must be",
  ],
  [
    "value undefined in a list",
    { membership: { role: ["a", undefined] } },
    "rule.membership.role must",
  ],
  [
    "value a hole in a list",
    { membership: { role: new Array(1) } },
    "rule.membership.role must be",
  ],
  ["value a list in a list", { membership: { role: [["a"]] } }, "rule.membership.role must be"],
  ["value in a second key", { membership: { a: 1, "b.c": null } }, "rule.membership.b.c must be"],
  [
    "value in a list of memberships",
    { membership: [{ a: 1 }, { b: null }] },
    "rule.membership[1].b must",
  ],

  ["allOf empty", { allOf: [] }, "rule.allOf must be a list of one rule or more"],
  ["anyOf empty", { anyOf: [] }, "rule.anyOf must be a list of one rule or more"],
  ["allOf undefined", { allOf: undefined }, "rule.allOf must be a list"],
  ["anyOf not a list", { anyOf: { membership: { a: 1 } } }, "rule.anyOf must be a list"],
  ["anyOf text", { anyOf: "abc" }, "rule.anyOf must be a list"],
  ["allOf with a hole", { allOf: new Array(1) }, "rule.allOf[0] must be"],
  ["allOf with undefined", { allOf: [true, undefined] }, "rule.allOf[1] must be"],
  ["anyOf with false", { anyOf: [check, false] }, "rule.anyOf[1] is false"],
  ["allOf with false", { allOf: [false] }, "rule.allOf[0] is false"],
  [
    "deep inside",
    { anyOf: [true, { allOf: [{ memebership: {} }] }] },
    "rule.anyOf[1].allOf[0].memebership",
  ],
  ["allOf beside anyOf", { allOf: [check], anyOf: [check] }, "rule mixes allOf and anyOf"],
  [
    "anyOf beside membership",
    { membership: { a: 1 }, anyOf: [check] },
    "rule mixes membership and anyOf",
  ],
  [
    "allOf beside condition",
    { condition: check, allOf: [check] },
    "rule mixes condition and allOf",
  ],
];

test.each(cases)("row 80: %s as a rule is a TypeError that names it", (_, rule, named) => {
  expect(typeError(() => untyped(rule))).toContain(named);
});

test.each(cases)("row 80: %s as a part is a TypeError at once", (_, rule, named) => {
  const path = named.startsWith("rule") ? named.replace("rule", "rule.anyOf[1]") : named;
  expect(typeError(() => call(anyOf, true, rule))).toContain(path);
  expect(typeError(() => call(allOf, true, rule))).toContain(path.replace("anyOf[1]", "allOf[1]"));
});

test.each([
  [allOf, "rule.allOf must be a list"],
  [anyOf, "rule.anyOf must be a list"],
])("row 80: %o without rules is a TypeError", (combine, named) => {
  expect(typeError(() => call(combine))).toContain(named);
});

test.each([undefined, null, "", "  ", 1, () => "x"])(
  "requirement(%o) needs a message",
  (message) => {
    expect(typeError(() => call(requirement, message, check))).toContain("requirement: message");
  },
);

test.each([undefined, null, true, "check", {}])("requirement(…, %o) needs a check", (bad) => {
  expect(typeError(() => call(requirement, "Only for staff.", bad))).toContain(
    "requirement: check",
  );
});

test.each([null, true, "log", {}])("onError %o is a TypeError", (onError) => {
  expect(typeError(() => call(authorize, true, { onError }))).toBe("onError must be a function");
});

test("a polluted Object.prototype adds nothing to a rule and takes nothing away", async () => {
  for (const [key, value] of [
    ["condition", () => false],
    ["membership", { id: 2 }],
  ] as const) {
    Object.defineProperty(Object.prototype, key, { value, configurable: true, writable: true });
  }
  const one = subject({ id: 1 });
  expect(await authorize({ membership: { id: 1 } })(one)).toEqual({ kind: "allow" });
  expect(await authorize(() => true)(one)).toEqual({ kind: "allow" });
  expect(typeError(() => untyped({}))).toContain("asks for nothing");
});

test("only own parts of a rule count, also of a class", async () => {
  const decide = untyped(new Rules());
  expect(await decide(subject({ role: "admin" }))).toEqual({ kind: "allow" });
  expect(await decide(subject({ role: "guest" }))).toEqual({ kind: "forbid", reasons: [plain] });
});
