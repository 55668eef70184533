import { expect, test, vi } from "vitest";
import { allOf, anyOf, authorize, type Requirement, requirement } from "../src/index.ts";
import { plain, subject } from "./subjects.ts";

const ann = subject({ id: "ann", role: "admin" });
const yes = requirement("yes", () => true);
const no = (message: string) => requirement(message, () => false);
const broken = (message: string) => requirement(message, () => Promise.reject(new Error("x")));

async function decide(rule: Requirement) {
  const decision = await authorize(rule, { onError: () => {} })(ann);
  return decision.kind === "forbid" ? decision.reasons : decision.kind;
}

const cases: [name: string, rule: Requirement, outcome: string | string[]][] = [
  ["requirement that holds", yes, "allow"],
  ["requirement that fails", no("a"), ["a"]],
  ["requirement that throws", broken("a"), ["a"]],
  ["allOf, all hold", allOf(yes, true, () => true, { membership: { role: "admin" } }), "allow"],
  ["allOf, the first fails", allOf(no("a"), yes), ["a"]],
  ["allOf, the last fails", allOf(yes, no("a")), ["a"]],
  [
    "allOf gives the reasons of all that failed, in order",
    allOf(no("b"), yes, no("a")),
    ["b", "a"],
  ],
  ["allOf goes on after one that throws", allOf(broken("b"), no("a")), ["b", "a"]],
  ["anyOf, the first holds", anyOf(yes, no("a")), "allow"],
  ["anyOf, the last holds", anyOf(no("a"), no("b"), yes), "allow"],
  ["anyOf gives all reasons if none holds", anyOf(no("b"), no("a")), ["b", "a"]],
  [
    "anyOf: one that throws doesn't keep out whom another lets in",
    anyOf(broken("a"), yes),
    "allow",
  ],
  ["anyOf: one that throws lets nobody in", anyOf(broken("a"), no("b")), ["a", "b"]],
  ["anyOf in allOf", allOf(anyOf(no("a"), yes), no("b")), ["b"]],
  ["allOf in anyOf", anyOf(allOf(yes, no("a")), allOf(no("b"), no("c"))), ["a", "b", "c"]],
  ["written as data", { anyOf: [{ allOf: [yes, no("a")] }, { allOf: [yes, yes] }] }, "allow"],
  [
    "a message for the whole",
    { ...anyOf(no("a"), no("b")), message: "staff only" },
    ["staff only"],
  ],
  ["a message for a whole that holds", { ...anyOf(no("a"), yes), message: "staff only" }, "allow"],
  [
    "a message for a part",
    allOf({ ...anyOf(no("a"), no("b")), message: "c" }, no("d")),
    ["c", "d"],
  ],
  [
    "parts without a message give one plain reason",
    anyOf(() => false, { membership: { role: "x" } }),
    [plain],
  ],
  ["the same reason is given once", allOf(no("a"), no("b"), no("a")), ["a", "b"]],
];

test.each(cases)("%s", async (_, rule, outcome) => {
  expect(await decide(rule)).toEqual(outcome);
});

test("checks are asked in order, one after the other", async () => {
  const log: string[] = [];
  const slow = (name: string, answer: boolean) => async () => {
    log.push(`${name} asked`);
    await new Promise((resolve) => setTimeout(resolve, 3));
    log.push(`${name} answered`);
    return answer;
  };
  await decide(
    allOf(slow("a", false), anyOf(slow("b", true), slow("never", true)), slow("c", true)),
  );
  expect(log).toEqual(["a", "b", "c"].flatMap((name) => [`${name} asked`, `${name} answered`]));
});

test("a check is given the principal", async () => {
  const check = vi.fn(() => true);
  await authorize(allOf(requirement("a", check), anyOf(check)))(ann);
  expect(check.mock.calls).toEqual([[ann], [ann]]);
});

test("a list changed after construction changes nothing", async () => {
  const rules = [no("a")];
  const decideLater = authorize({ anyOf: rules });
  rules.push(yes);
  expect(await decideLater(ann)).toEqual({ kind: "forbid", reasons: ["a"] });
});
