// Turns a rule into a check, and validates all of it on the way: a typo in a rule is found when the
// server starts and not when the first visitor comes.
import {
  allHold,
  anyHolds,
  type Check,
  inOrder,
  kindOf,
  plainReason,
  withMessage,
} from "./check.ts";
import { compileMembership } from "./compile-membership.ts";
import type { Condition, Requirement, Rule } from "./rule.ts";

/**
 * Checks a rule and makes it callable.
 *
 * @param at Where it was written, for error messages, e.g. `rule.anyOf[1]`.
 * @throws {TypeError} Names the part of the rule that can't be meant.
 */
export function compileRule<User>(rule: Rule<User>, at: string): Check<User> {
  if (rule === true) return async () => ({ held: true });
  if (typeof rule === "function") return inOrder([rule], plainReason, at);
  // Only plain JavaScript gets here: read as "public", it would open the whole of an anyOf.
  if (rule === false) throw new TypeError(`${at} is false, which can only be a rule as a whole`);
  if (typeof rule !== "object" || rule === null || Array.isArray(rule)) {
    throw new TypeError(`${at} must be true, a function or a rule object, not ${kindOf(rule)}`);
  }
  const keys = checkedKeys(rule, at);
  const message = keys.has("message") ? checkedMessage(rule.message, `${at}.message`) : null;
  if (keys.has("allOf")) return withMessage(message, allHold(parts(rule.allOf, `${at}.allOf`)));
  if (keys.has("anyOf")) return withMessage(message, anyHolds(parts(rule.anyOf, `${at}.anyOf`)));
  const tests: Condition<User>[] = [];
  if (keys.has("membership")) {
    const isMember = compileMembership(rule.membership, `${at}.membership`);
    tests.push((principal) => isMember(principal.user));
  }
  if (keys.has("condition")) {
    const { condition } = rule;
    if (typeof condition !== "function") {
      throw new TypeError(`${at}.condition must be a function, not ${kindOf(condition)}`);
    }
    tests.push(condition);
  }
  return inOrder(tests, message ?? plainReason, at);
}

/** Own keys only, so that a polluted `Object.prototype` adds nothing to a rule. */
function checkedKeys(rule: object, at: string): ReadonlySet<PropertyKey> {
  const keys = new Set(Reflect.ownKeys(rule));
  for (const key of keys) {
    if (!["membership", "condition", "allOf", "anyOf", "message"].includes(String(key))) {
      throw new TypeError(
        `${at}.${String(key)} is not known; a rule has membership, condition, allOf, anyOf, message`,
      );
    }
  }
  const asks = [...keys].filter((key) => key !== "message");
  if (asks.length === 0) {
    throw new TypeError(`${at} asks for nothing; give it membership, condition, allOf or anyOf`);
  }
  if (asks.length > 1 && (keys.has("allOf") || keys.has("anyOf"))) {
    throw new TypeError(`${at} mixes ${asks.map(String).join(" and ")}; nest them in allOf`);
  }
  return keys;
}

/** @throws {TypeError} If the message is not text that a visitor can read. */
export function checkedMessage(message: unknown, at: string): string {
  if (typeof message === "string" && message.trim() !== "") return message;
  throw new TypeError(`${at} must be a text for the visitor`);
}

function parts<User>(rules: readonly Requirement<User>[] | undefined, at: string): Check<User>[] {
  // None at all is a mistake: "all of nothing" would let everyone in.
  if (!Array.isArray(rules) || rules.length === 0) {
    throw new TypeError(`${at} must be a list of one rule or more`);
  }
  return Array.from<Requirement<User>, Check<User>>(rules, (rule, index) =>
    compileRule(rule, `${at}[${index}]`),
  );
}
