// Checks, and how they are put together. Nothing but `true` is a yes. There is no "not" here, and there
// must not be: as it is, a part that fails or throws can only ever close, never open.
import type { Condition } from "./rule.ts";
import type { Subject } from "./subject.ts";

/** Whether a rule held; if not, why not, in words for the visitor. */
type Verdict = { held: true } | { held: false; reasons: readonly string[] };

/** A compiled rule. Never throws and never rejects: errors go to `report` and refuse. */
export type Check<User> = (
  principal: Subject<User>,
  report: (error: unknown) => void,
) => Promise<Verdict>;

/** The reason when a rule has no message of its own: it says nothing about what the rule asks for. */
export const plainReason = "You do not have permission to do this.";

/**
 * Asks one after the other, up to the first that isn't `true`.
 *
 * @param at Where the rule was written, for the operator.
 */
export function inOrder<User>(
  tests: readonly Condition<User>[],
  message: string,
  at: string,
): Check<User> {
  return async (principal, report) => {
    const refused: Verdict = { held: false, reasons: [message] };
    try {
      for (const test of tests) {
        const answer: unknown = await test(principal);
        if (answer === true) continue;
        if (answer !== false) {
          report(new TypeError(`${at}: the condition gave ${kindOf(answer)}, not a boolean`));
        }
        return refused;
      }
    } catch (error) {
      report(error);
      return refused;
    }
    return { held: true };
  };
}

/** Asks all, also after one has failed: the visitor is told everything at once. */
export function allHold<User>(checks: readonly Check<User>[]): Check<User> {
  return async (principal, report) => {
    const reasons: string[] = [];
    let held = true;
    for (const check of checks) {
      const verdict = await check(principal, report);
      if (verdict.held) continue;
      held = false;
      reasons.push(...verdict.reasons);
    }
    return held ? { held } : { held, reasons };
  };
}

/** Asks up to the first that holds. */
export function anyHolds<User>(checks: readonly Check<User>[]): Check<User> {
  return async (principal, report) => {
    const reasons: string[] = [];
    for (const check of checks) {
      const verdict = await check(principal, report);
      if (verdict.held) return verdict;
      reasons.push(...verdict.reasons);
    }
    return { held: false, reasons };
  };
}

/** Gives one message instead of the reasons of the parts. */
export function withMessage<User>(message: string | null, check: Check<User>): Check<User> {
  if (message === null) return check;
  return async (principal, report) => {
    const verdict = await check(principal, report);
    return verdict.held ? verdict : { held: false, reasons: [message] };
  };
}

/** The kind of a value and never the value: it ends up in logs. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
