// Row 80, at run time: whatever goes wrong while a rule is asked, nobody gets in by it.
import { expect, test, vi } from "vitest";
import { authorize, type Decision, type Subject } from "../src/index.ts";
import { plain, subject, untyped } from "./subjects.ts";

const ann = subject({ id: "ann", role: "admin" });
const forbid: Decision = { kind: "forbid", reasons: [plain] };

const thrown = new Error("thrown");
const thenable = (then: (done: (value: unknown) => void) => void) =>
  Object.defineProperty({}, ["th", "en"].join(""), { value: then });

/** Everything that is not `true`, and would be let in by a truth test or by a lost error. */
const bad: [name: string, condition: unknown, reported: string][] = [
  [
    "throws an Error",
    () => {
      throw thrown;
    },
    "thrown",
  ],
  [
    "throws undefined",
    () => {
      throw undefined;
    },
    "undefined",
  ],
  [
    "throws true",
    () => {
      throw true;
    },
    "true",
  ],
  [
    "throws null",
    () => {
      throw null;
    },
    "null",
  ],
  ["rejects", () => Promise.reject(thrown), "thrown"],
  ["rejects with true", () => Promise.reject(true), "true"],
  [
    "rejects later",
    async () => {
      await null;
      throw thrown;
    },
    "thrown",
  ],
  ["returns undefined", () => undefined, "gave undefined"],
  ["returns nothing, asynchronously", async () => {}, "gave undefined"],
  ["returns null", () => null, "gave null"],
  ["returns 'yes'", () => "yes", "gave string"],
  ["returns 'true'", () => "true", "gave string"],
  ["returns a promise of 'true'", async () => "true", "gave string"],
  ["returns ''", () => "", "gave string"],
  ["returns 1", () => 1, "gave number"],
  ["returns 0", () => 0, "gave number"],
  ["returns {}", () => ({}), "gave object"],
  ["returns { kind: 'allow' }", () => ({ kind: "allow" }), "gave object"],
  ["returns []", () => [], "gave array"],
  ["returns [true]", () => [true], "gave array"],
  ["returns new Boolean(true)", () => Object(true), "gave object"],
  ["returns a symbol", () => Symbol("true"), "gave symbol"],
  ["returns 1n", () => 1n, "gave bigint"],
  ["returns a function", () => () => true, "gave function"],
  ["returns a promise of a function", async () => () => true, "gave function"],
  ["returns another authorizer's decision", () => authorize(true)(ann), "gave object"],
  ["returns a thenable of 1", () => thenable((done) => done(1)), "gave number"],
  [
    "returns a thenable that throws",
    () =>
      thenable(() => {
        throw thrown;
      }),
    "thrown",
  ],
  ["is a class", class {}, "Class constructor"],
  [
    "is a generator",
    function* () {
      yield true;
    },
    "gave object",
  ],
  [
    "is an async generator",
    async function* () {
      yield true;
    },
    "gave object",
  ],
  ["is a maker of rules, uncalled", () => ({ condition: () => true }), "gave object"],
];

const wrappings: [name: string, wrap: (condition: unknown) => unknown][] = [
  ["bare", (condition) => condition],
  ["condition", (condition) => ({ condition })],
  ["with a membership", (condition) => ({ membership: { role: "admin" }, condition })],
  ["first in allOf", (condition) => ({ allOf: [condition, true] })],
  ["last in allOf", (condition) => ({ allOf: [true, condition] })],
  ["in anyOf", (condition) => ({ anyOf: [() => false, { condition }] })],
  ["deep", (condition) => ({ allOf: [{ anyOf: [{ allOf: [{ condition }] }] }] })],
];

for (const [place, wrap] of wrappings) {
  test.each(bad)(
    `row 80: a condition that %s is forbidden and reported (${place})`,
    async (_, condition, reported) => {
      const errors: unknown[] = [];
      expect(await untyped(wrap(condition), errors)(ann)).toEqual(forbid);
      expect(errors).toHaveLength(1);
      expect(String(errors[0])).toContain(reported);
    },
  );
}

test("what a condition gave is not written to the log, only its kind", async () => {
  const errors: unknown[] = [];
  await untyped(() => "token-123", errors)(ann);
  expect(String(errors[0])).toBe("TypeError: rule: the condition gave string, not a boolean");
});

test("a thenable of true is true: query builders are thenables", async () => {
  expect(await untyped(() => thenable((done) => done(true)))(ann)).toEqual({ kind: "allow" });
});

const hostile: [name: string, user: unknown][] = [
  [
    "a getter that throws",
    {
      get role() {
        throw thrown;
      },
    },
  ],
  [
    "a getter on the way that throws",
    {
      get team() {
        throw thrown;
      },
    },
  ],
  [
    "a Proxy that throws",
    new Proxy(
      {},
      {
        getOwnPropertyDescriptor() {
          throw thrown;
        },
      },
    ),
  ],
  [
    "a Proxy whose get throws",
    new Proxy(
      { role: "admin", team: { role: "admin" } },
      {
        get() {
          throw thrown;
        },
      },
    ),
  ],
  ["a revoked Proxy", revoked()],
  ["an array attribute that throws", { role: lengthThrows(), team: { role: lengthThrows() } }],
];

function revoked() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function lengthThrows() {
  return new Proxy(["admin"], {
    get() {
      throw thrown;
    },
  });
}

test.each(hostile)("row 80: a user with %s is forbidden and reported", async (_, user) => {
  const errors: unknown[] = [];
  const membership = [{ "team.role": "admin" }, { role: "admin" }];
  expect(await untyped({ membership }, errors)(subject(user))).toEqual(forbid);
  expect(errors).toEqual([expect.any(Error)]);
});

test("row 80: a Proxy user that gives anything, but owns nothing, has no role", async () => {
  const yes = new Proxy({}, { get: () => "admin", has: () => true });
  expect(await untyped({ membership: { role: "admin" } })(subject(yes))).toEqual(forbid);
});

test("an attribute is read once: a getter can't change its mind", async () => {
  const role = vi.fn().mockReturnValueOnce("guest").mockReturnValue("admin");
  const user = {
    get role() {
      return role();
    },
  };
  expect(await untyped({ membership: { role: ["admin"] } })(subject(user))).toEqual(forbid);
  expect(role).toHaveBeenCalledOnce();
});

const noSubject: [name: string, who: unknown][] = [
  ["undefined", undefined],
  ["true", true],
  ["false", false],
  ["0", 0],
  ["text", "ann"],
  ["{}", {}],
  ["[]", []],
  ["the user instead of the subject", ann.user],
  ["a promise of a subject", Promise.resolve(ann)],
  ["a promise of nobody", Promise.resolve(null)],
  ["user undefined", { ...ann, user: undefined }],
  ["user null", { ...ann, user: null }],
  ["user false", { ...ann, user: false }],
  ["user ''", { ...ann, user: "" }],
  ["user 0", { ...ann, user: 0 }],
  [
    "user a getter that throws",
    {
      get user() {
        throw thrown;
      },
    },
  ],
  ["a revoked Proxy", revoked()],
];

test.each(noSubject)("row 80: subject %s is forbidden and reported", async (_, who) => {
  for (const rule of [true, () => true, { anyOf: [true] }]) {
    const errors: unknown[] = [];
    const decide: (who: unknown) => Promise<Decision> = Object(untyped(rule, errors));
    expect(await decide(who)).toEqual(forbid);
    expect(errors).toEqual([expect.any(Error)]);
  }
});

test("a user that is only a name is a user", async () => {
  expect(await authorize(true)(subject("ann"))).toEqual({ kind: "allow" });
});

test("a condition that never settles gives no decision: the caller's time limit ends the request", async () => {
  const decision = authorize(() => new Promise<boolean>(() => {}))(ann);
  const timeout = new Promise((resolve) => setTimeout(resolve, 30, "timeout"));
  expect(await Promise.race([decision, timeout])).toBe("timeout");
});

test("a condition is called without the rule as `this`", async () => {
  let self: unknown = "not called";
  const rule = {
    condition(this: unknown, _: Subject) {
      self = this;
      return true;
    },
  };
  await authorize(rule)(ann);
  expect(self).toBeUndefined();
});
