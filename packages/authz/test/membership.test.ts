import { afterEach, expect, test } from "vitest";
import { authorize, type Membership } from "../src/index.ts";
import { subject } from "./subjects.ts";

type Case = [name: string, membership: Membership | Membership[], user: object, allowed: boolean];

async function allowed(membership: Membership | readonly Membership[], user: unknown) {
  return (await authorize({ membership })(subject(user))).kind === "allow";
}

const polluted = ["role", "address"];
afterEach(() => {
  for (const key of polluted) Reflect.deleteProperty(Object.prototype, key);
});

const bob = {
  id: 7,
  role: "editor",
  active: true,
  groups: ["web", "print"],
  address: { country: "NL", geo: { zip: "1011" } },
  none: null,
  empty: "",
};

const cases: Case[] = [
  ["one value", { role: "editor" }, bob, true],
  ["another value", { role: "admin" }, bob, false],
  ["one of several values", { role: ["admin", "editor"] }, bob, true],
  ["none of several values", { role: ["admin", "owner"] }, bob, false],
  ["two keys, both hold", { role: "editor", active: true }, bob, true],
  ["two keys, the first fails", { role: "admin", active: true }, bob, false],
  ["two keys, the second fails", { role: "editor", active: false }, bob, false],
  ["a list, the second holds", [{ role: "admin" }, { role: "editor" }], bob, true],
  ["a list, none holds", [{ role: "admin" }, { active: false }], bob, false],
  [
    "a list, no member holds in full",
    [
      { role: "editor", id: 1 },
      { role: "admin", id: 7 },
    ],
    bob,
    false,
  ],
  ["empty list of values is nobody", { role: [] }, bob, false],
  ["empty list of values beside a key that holds", { active: true, role: [] }, bob, false],
  ["empty list of memberships is nobody", [], bob, false],

  ["array attribute, overlap", { groups: ["print", "tv"] }, bob, true],
  ["array attribute, one value", { groups: "web" }, bob, true],
  ["array attribute, no overlap", { groups: ["tv", "radio"] }, bob, false],
  ["empty array attribute", { groups: ["web"] }, { groups: [] }, false],
  ["arrays in an array attribute", { groups: ["web"] }, { groups: [["web"]] }, false],
  ["no match inside a string", { groups: ["we", "w"] }, { groups: "web" }, false],
  ["a Set is not an array", { groups: "web" }, { groups: new Set(["web"]) }, false],
  ["a string joined from an array", { groups: "web,print" }, bob, false],

  ["missing attribute", { team: "a" }, bob, false],
  ["missing attribute and the word undefined", { team: "undefined" }, bob, false],
  ["null attribute", { none: ["null", "", 0, false] }, bob, false],
  ["empty string is a value like others", { empty: "" }, bob, true],
  ["empty string is not false or 0", { empty: [false, 0] }, bob, false],
  ["undefined attribute", { team: ["", 0, false] }, { team: undefined }, false],

  ["number", { id: 7 }, bob, true],
  ["number is not its text", { id: "7" }, bob, false],
  ["text is not its number", { id: 7 }, { id: "7" }, false],
  ["1 is not true", { active: true }, { active: 1 }, false],
  ["true is not 1", { active: 1 }, bob, false],
  ["'true' is not true", { active: true }, { active: "true" }, false],
  ["a String object is not a string", { role: "editor" }, { role: new String("editor") }, false],
  [
    "toString of an object is not asked",
    { role: "editor" },
    { role: { toString: () => "editor" } },
    false,
  ],
  ["1n is not 1", { id: 1 }, { id: 1n }, false],
  ["NaN is nobody", { id: 0 }, { id: Number.NaN }, false],
  ["case counts", { role: "Editor" }, bob, false],

  ["path", { "address.country": "NL" }, bob, true],
  ["path, other value", { "address.country": ["US", "BE"] }, bob, false],
  ["longer path", { "address.geo.zip": "1011" }, bob, true],
  ["path that ends early", { address: "NL" }, bob, false],
  ["path past a string", { "role.length": 6 }, bob, false],
  ["path past null", { "none.x": "y" }, bob, false],
  ["path past nothing", { "nowhere.x": "y" }, bob, false],
  ["path into an array by index", { "groups.0": "web" }, bob, false],
  ["length of an array", { "groups.length": 2 }, bob, false],
  ["path through a list of objects", { "teams.id": 1 }, { teams: [{ id: 1 }] }, false],
  ["path with nothing before the dot", { ".country": "NL" }, { country: "NL" }, false],
  ["path with nothing after the dot", { "country.": "NL" }, { country: "NL" }, false],
  ["empty key", { "": "NL" }, { country: "NL" }, false],
  ["key cut at its last letter", { ab: 1 }, { a: { ab: 1 } }, false],

  ["literal key with a dot", { "a.b": 1 }, { "a.b": 1 }, true],
  ["literal key goes before the path", { "a.b": 1 }, { "a.b": 1, a: { b: 2 } }, true],
  ["and hides the path, also if it fails", { "a.b": 2 }, { "a.b": 1, a: { b: 2 } }, false],
  [
    "URL as a claim",
    { "https://example.com/roles": "x" },
    { "https://example.com/roles": ["x"] },
    true,
  ],
  [
    "URL below another key",
    { "claims.https://a.b/c.d": 1 },
    { claims: { "https://a.b/c.d": 1 } },
    true,
  ],
  ["first dot splits, no other", { "a.b.c": 1 }, { "a.b": { c: 1 } }, false],

  [
    "user without prototype",
    { role: "x" },
    Object.assign(Object.create(null), { role: "x" }),
    true,
  ],
  ["inherited attribute", { role: "x" }, Object.create({ role: "x" }), false],
  ["inherited attribute on the way", { "a.b": 1 }, Object.create({ a: { b: 1 } }), false],
  ["inherited attribute at the end", { "a.b": 1 }, { a: Object.create({ b: 1 }) }, false],
  ["name of the constructor", { "constructor.name": "Object" }, {}, false],
  ["__proto__ on the way", { "__proto__.role": "x" }, Object.create({ role: "x" }), false],
  ["name of toString", { "toString.name": "toString" }, {}, false],
  ["arity of hasOwnProperty", { "hasOwnProperty.length": 1 }, {}, false],
  ["function as an attribute", { "f.name": "f" }, { f() {} }, false],
];

test.each(cases)("%s", async (_, membership, user, expected) => {
  expect(await allowed(membership, user)).toBe(expected);
});

test.each(["constructor", "__proto__", "toString", "hasOwnProperty"])(
  "%s never matches what is inherited",
  async (name) => {
    const inherited = Reflect.get({}, name);
    const values = ["Object", "", name, String(inherited), "[object Object]"];
    // From JSON: there `__proto__` is an ordinary key.
    const membership = JSON.parse(`{${JSON.stringify(name)}: ${JSON.stringify(values)}}`);
    expect(await allowed(membership, { id: 1 })).toBe(false);
    expect(await allowed(membership, [])).toBe(false);
  },
);

test.each(["editor", 7, true, ["editor"]])("user %j has no attributes", async (user) => {
  for (const path of ["role", "length", "0", "toString"]) {
    expect(await allowed({ [path]: ["editor", 6, 1, "e", true] }, user)).toBe(false);
  }
});

test("a polluted Object.prototype gives nobody a role", async () => {
  for (const key of polluted) {
    const value = key === "address" ? { country: "NL" } : "admin";
    Object.defineProperty(Object.prototype, key, { value, configurable: true, writable: true });
  }
  expect(await allowed({ role: "admin" }, { id: 1 })).toBe(false);
  expect(await allowed({ "address.country": "NL" }, { id: 1 })).toBe(false);
  expect(await allowed({ "home.role": "admin" }, { home: {} })).toBe(false);
  expect(await allowed({ role: "admin" }, { role: "admin" })).toBe(true);
});

test("a hole in an array attribute is nothing, whatever its prototype has there", async () => {
  const role = Object.setPrototypeOf(new Array(1), ["admin"]);
  expect(role[0]).toBe("admin");
  expect(await allowed({ role: "admin" }, { role })).toBe(false);
  expect(await allowed({ role: "admin" }, { role: [undefined, "admin"] })).toBe(true);
});

test("methods of an array attribute aren't trusted", async () => {
  const yes = () => true;
  const role = Object.assign(["guest"], { includes: yes, some: yes, find: yes });
  expect(await allowed({ role: "admin" }, { role })).toBe(false);
});

test("what is changed after construction changes nothing", async () => {
  const role = ["admin"];
  const membership = { role, level: 1 };
  const list = [membership];
  const decide = authorize({ membership: list });
  role.push("guest");
  membership.level = 2;
  list.push({ role, level: 2 });
  expect(await decide(subject({ role: "guest", level: 1 }))).toMatchObject({ kind: "forbid" });
  expect(await decide(subject({ role: "guest", level: 2 }))).toMatchObject({ kind: "forbid" });
  expect(await decide(subject({ role: "admin", level: 1 }))).toEqual({ kind: "allow" });
});

test("a long list of values", async () => {
  const email = Array.from({ length: 50_000 }, (_, index) => `user${index}@example.com`);
  expect(await allowed({ email }, { email: "user49999@example.com" })).toBe(true);
  expect(await allowed({ email }, { email: "user50000@example.com" })).toBe(false);
});
