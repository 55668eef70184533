// What must compile, and what must not: `tsc` is the one that fails here.
import { expect, test } from "vitest";
import {
  type Authorizer,
  allOf,
  anyOf,
  authorize,
  mfa,
  type Rule,
  requirement,
  type Subject,
  scope,
} from "../src/index.ts";
import { subject } from "./subjects.ts";

interface Member {
  id: string;
  age: number;
}

/** As in an adapter, where the type of the user is known already. */
function guard(rule: Rule<Member>): Authorizer<Member> {
  return authorize(rule);
}

const adult = subject({ id: "ann", age: 30 }, { mfa: true });
const child = subject({ id: "kim", age: 10 }, { mfa: true });

const rules: Rule<Member>[] = [
  (p) => p.user.age >= 18,
  { condition: (p) => p.user.age >= 18 },
  { membership: { "a.b": [1, "x"], id: ["ann", "kim"] as const }, condition: () => true },
  requirement("18+", (p) => p.user.age >= 18),
  allOf(mfa(), (p) => p.user.age >= 18),
  allOf((p) => p.user.age >= 18, mfa(), scope("read")),
  anyOf(
    allOf(
      mfa(),
      requirement("18+", (p) => p.user.age >= 18),
    ),
    { membership: { id: "bob" } },
  ),
  { allOf: [mfa(), { anyOf: [requirement("18+", async (p) => p.user.age >= 18)] }] },
  { ...mfa(), message: "Use your key.", condition: (p) => p.mfa && p.user.age >= 18 },
];

test("the type of the user flows into conditions, wherever they are", async () => {
  const kinds = await Promise.all(
    rules.map(async (rule) => [(await guard(rule)(adult)).kind, (await guard(rule)(child)).kind]),
  );
  const other = 2; // asks for attributes that a Member doesn't have
  expect(kinds.filter((_, index) => index !== other)).toEqual(
    rules.slice(1).map(() => ["allow", "forbid"]),
  );
  expect(kinds[other]).toEqual(["forbid", "forbid"]);
});

test("the type of the user comes out of an annotated condition", async () => {
  const isAdult = allOf(mfa(), ({ user }: Subject<Member>) => user.age >= 18);
  expect(await authorize(isAdult)(adult)).toEqual({ kind: "allow" });
  // @ts-expect-error A Member is needed.
  expect(await authorize(isAdult)(subject({ id: "x" }))).toMatchObject({ kind: "forbid" });
});

test("what can't be meant doesn't compile", () => {
  const wrong: (() => unknown)[] = [
    // @ts-expect-error
    () => guard(undefined),
    // @ts-expect-error
    () => guard({ memebership: { role: "admin" } }),
    // @ts-expect-error
    () => guard({}),
    // @ts-expect-error
    () => guard({ message: "x" }),
    // @ts-expect-error
    () => guard({ membership: { role: null } }),
    // @ts-expect-error
    () => guard({ membership: { role: undefined } }),
    // @ts-expect-error
    () => guard({ membership: { a: 1 }, anyOf: [true] }),
    // @ts-expect-error
    () => guard(anyOf(mfa(), false)),
    // @ts-expect-error
    () => guard("admin"),
  ];
  for (const act of wrong) expect(act).toThrow(TypeError);
  const wrongAnswers: (() => unknown)[] = [
    // @ts-expect-error
    () => guard(() => "yes"),
    // @ts-expect-error
    () => guard(async () => undefined),
    // @ts-expect-error Not called.
    () => guard(mfa),
    // @ts-expect-error
    () => guard((p) => p.user.name === "x"),
  ];
  for (const act of wrongAnswers) expect(act).not.toThrow();
});
