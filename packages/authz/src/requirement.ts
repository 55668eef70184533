// Ways to write requirements: one with a message, and several together.
import { checkedMessage, compileRule } from "./compile-rule.ts";
import type { AllOfRule, AnyOfRule, Condition, ConditionRule, Requirement } from "./rule.ts";

/**
 * A condition, and what to tell the visitor who doesn't meet it.
 *
 * @example
 * const member = requirement("Only for members.", ({ user }: Subject<{ member: boolean }>) => user.member);
 * @throws {TypeError} Without a message, or if `check` is not a function.
 */
export function requirement<User = unknown>(
  message: string,
  check: Condition<User>,
): ConditionRule<User> {
  if (typeof check !== "function") throw new TypeError("requirement: check must be a function");
  return { condition: check, message: checkedMessage(message, "requirement: message") };
}

/**
 * All must hold. Every part is asked, also after one has failed, so that all reasons are given.
 *
 * @throws {TypeError} Without rules, or if one of them can't be meant.
 */
export function allOf<User = unknown>(...rules: readonly Requirement<User>[]): AllOfRule<User> {
  const rule: AllOfRule<User> = { allOf: rules };
  compileRule(rule, "rule"); // authorize would find a mistake too, but further from where it was made
  return rule;
}

/**
 * One must hold. Parts are asked in order, up to the first that does.
 *
 * @throws {TypeError} Without rules, or if one of them can't be meant.
 */
export function anyOf<User = unknown>(...rules: readonly Requirement<User>[]): AnyOfRule<User> {
  const rule: AnyOfRule<User> = { anyOf: rules };
  compileRule(rule, "rule");
  return rule;
}
