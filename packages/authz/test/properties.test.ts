// Laws that hold for every rule, tried on many made-up ones. The seed is in the name of a failing test.
import { expect, test } from "vitest";
import { authorize, type Membership, type Requirement } from "../src/index.ts";
import { subject } from "./subjects.ts";

const seeds = Array.from({ length: 60 }, (_, index) => index + 1);

/** Small, repeatable randomness: an integer below `bound`. (Mulberry32.) */
function random(seed: number): (bound: number) => number {
  let state = seed * 0x9e3779b9;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

async function allows(rule: Requirement, user: object): Promise<boolean> {
  return (await authorize(rule, { onError: () => {} })(subject(user))).kind === "allow";
}

const values = ["a", "b", 1, "1", true, "true", 0, ""];
const paths = ["p", "q", "r.s", "r.t"];

function makeUser(pick: (bound: number) => number): object {
  const one = () => values[pick(values.length)];
  const list = () => [one(), one()];
  const attribute = () => [one(), one(), list(), list(), [], null, { a: one() }][pick(8)];
  return {
    p: attribute(),
    q: attribute(),
    r: pick(4) ? { s: attribute(), t: attribute() } : one(),
  };
}

function makeMembership(pick: (bound: number) => number): Membership {
  const wanted = () => Array.from({ length: pick(8) }, () => values[pick(values.length)] ?? "a");
  const keys = Array.from({ length: 1 + pick(2) }, () => paths[pick(paths.length)] ?? "p");
  return Object.fromEntries(keys.map((key) => [key, wanted()]));
}

/** The same decision, written another way. */
function oracle(membership: Membership, user: object): boolean {
  return Object.entries(membership).every(([path, wanted]) => {
    const actual = path.split(".").reduce<unknown>((at, key) => Object(at)[key], user);
    const have: unknown[] = Array.isArray(actual) ? actual : [actual];
    return [wanted].flat().some((value) => have.some((one) => one === value));
  });
}

test.each(seeds)("membership agrees with its definition (seed %i)", async (seed) => {
  const pick = random(seed);
  for (let round = 0; round < 50; round++) {
    const [membership, user] = [makeMembership(pick), makeUser(pick)];
    const note = JSON.stringify({ membership, user });
    expect(await allows({ membership }, user), note).toBe(oracle(membership, user));
  }
});

test("the made-up memberships are of both kinds", () => {
  const pick = random(1);
  const outcomes = Array.from({ length: 500 }, () => oracle(makeMembership(pick), makeUser(pick)));
  expect(outcomes.filter(Boolean).length).toBeGreaterThan(50);
  expect(outcomes.filter((one) => !one).length).toBeGreaterThan(50);
});

test.each(seeds)("another value never closes, another key never opens (seed %i)", async (seed) => {
  const pick = random(seed);
  for (let round = 0; round < 50; round++) {
    const [user, membership, more] = [makeUser(pick), makeMembership(pick), makeMembership(pick)];
    const before = await allows({ membership }, user);
    const wider = Object.fromEntries(
      Object.entries(membership).map(([path, wanted]) => [path, [wanted, "a"].flat()]),
    );
    const narrower = { ...more, ...membership };
    if (before) expect(await allows({ membership: wider }, user)).toBe(true);
    else expect(await allows({ membership: narrower }, user)).toBe(false);
  }
});

type Leaf = () => boolean | Promise<boolean>;

/** A tree of rules over the leaves, and what it must give. */
function makeRule(pick: (bound: number) => number, leaves: Leaf[], depth: number): Requirement {
  if (depth === 0 || pick(4) === 0) {
    const condition = leaves[pick(leaves.length)] ?? (() => false);
    return pick(2) ? condition : { condition, message: "no" };
  }
  const rules = Array.from({ length: 1 + pick(3) }, () => makeRule(pick, leaves, depth - 1));
  return pick(2) ? { allOf: rules } : { anyOf: rules };
}

const yes: Leaf = () => true;
const no: Leaf = async () => false;

/** Boolean algebra, without errors. */
function expected(rule: Requirement): boolean {
  if (rule === true) return true;
  if (typeof rule === "function") return rule === yes;
  if (rule.allOf) return !rule.allOf.some((one) => !expected(one));
  if (rule.anyOf) return rule.anyOf.filter(expected).length > 0;
  return rule.condition === yes;
}

test.each(seeds)("allOf and anyOf are AND and OR at any depth (seed %i)", async (seed) => {
  const pick = random(seed);
  for (let round = 0; round < 50; round++) {
    const rule = makeRule(pick, [yes, no], 3);
    expect(await allows(rule, { id: 1 })).toBe(expected(rule));
  }
});

test.each(seeds)(
  "row 80: a leaf that breaks never opens what was closed (seed %i)",
  async (seed) => {
    const broken: Leaf[] = [
      () => Promise.reject(new Error("x")),
      () => JSON.parse("undefined"),
      () => JSON.parse('"true"'),
      () => JSON.parse("1"),
      () => JSON.parse("{}"),
    ];
    for (const leaf of broken) {
      for (let round = 0; round < 10; round++) {
        const same = seed * 100 + round;
        const closed = makeRule(random(same), [yes, no], 3);
        const withBroken = makeRule(random(same), [yes, leaf], 3);
        expect(await allows(withBroken, { id: 1 })).toBe(expected(closed));
      }
    }
  },
);
