// Turns `membership` into a test of a user. Everything is checked and copied at construction, so that
// a typo is found at start-up and a later change of the caller's object changes nothing.
import { readPath } from "./read-path.ts";

interface Key {
  path: string;
  allowed: ReadonlySet<unknown>;
}

/**
 * Checks a membership (or a list of them) and makes it a test.
 *
 * @param at Where it was written, for error messages, e.g. `rule.membership`.
 * @throws {TypeError} Names the key whose value can't be meant.
 */
export function compileMembership(membership: unknown, at: string): (user: unknown) => boolean {
  // Array.from, not map: a hole must be seen, as undefined, and refused.
  const alternatives = isList(membership)
    ? Array.from(membership, (one, index) => compileKeys(one, `${at}[${index}]`))
    : [compileKeys(membership, at)];
  return (user) => alternatives.some((keys) => keys.every((key) => holds(user, key)));
}

function compileKeys(membership: unknown, at: string): Key[] {
  if (typeof membership !== "object" || membership === null || isList(membership)) {
    throw new TypeError(`${at} must be an object of attributes, or a list of such objects`);
  }
  const keys = Reflect.ownKeys(membership);
  if (keys.length === 0) {
    throw new TypeError(`${at} is empty; write the rule \`true\` if being logged in is enough`);
  }
  return keys.map((path) => {
    if (typeof path === "symbol") throw new TypeError(`${at} has a symbol as a key`);
    return { path, allowed: allowedValues(Reflect.get(membership, path), `${at}.${path}`) };
  });
}

function allowedValues(value: unknown, at: string): ReadonlySet<unknown> {
  const values = new Set(isList(value) ? value : [value]);
  for (const one of values) {
    const ok =
      typeof one === "string" ||
      typeof one === "boolean" ||
      (typeof one === "number" && !Number.isNaN(one));
    // undefined above all, also from a hole: it would equal every missing attribute.
    if (!ok) throw new TypeError(`${at} must be a string, number or boolean, or a list of them`);
  }
  return values;
}

function holds(user: unknown, { path, allowed }: Key): boolean {
  const actual = readPath(user, path);
  if (!isList(actual)) return allowed.has(actual);
  // By index and own: neither a hole nor a replaced `some` may reach outside the array.
  for (let index = 0; index < actual.length; index++) {
    if (Object.hasOwn(actual, index) && allowed.has(actual[index])) return true;
  }
  return false;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
