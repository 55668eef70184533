// The one entry: a rule becomes a function from who asks to what is decided.
import { type Check, plainReason } from "./check.ts";
import { compileRule } from "./compile-rule.ts";
import type { Decision } from "./decision.ts";
import type { Rule } from "./rule.ts";
import type { Subject } from "./subject.ts";

export interface AuthorizeOptions {
  /**
   * Told of what a condition or an attribute of the user threw, and of answers that aren't booleans; the
   * visitor is only refused. Default: `console.error`. Not awaited; whatever it throws changes no decision.
   */
  readonly onError?: (error: unknown) => void;
}

/** Decides for one subject; `null` is nobody logged in. Never rejects. */
export type Authorizer<User = unknown> = (subject: Subject<User> | null) => Promise<Decision>;

/**
 * Makes a rule callable. Fails closed: only a rule that gave `true` allows.
 *
 * @returns A function that gives `allow`, `login` (nobody is logged in) or `forbid` with reasons.
 * @throws {TypeError} Names the part of the rule, or the option, that can't be meant.
 * @example
 * const mayEdit = authorize({ membership: { role: ["admin", "editor"] } });
 * const decision = await mayEdit(principal);
 */
export function authorize<User = unknown>(
  rule: Rule<User>,
  options: AuthorizeOptions = {},
): Authorizer<User> {
  const { onError = print } = options;
  if (typeof onError !== "function") throw new TypeError("onError must be a function");
  if (rule === false) return async () => ({ kind: "allow" });
  const check = compileRule(rule, "rule");
  const report = (error: unknown) => void tell(onError, error);
  return async (subject) => (subject === null ? { kind: "login" } : decide(check, subject, report));
}

async function decide<User>(
  check: Check<User>,
  subject: Subject<User>,
  report: (error: unknown) => void,
): Promise<Decision> {
  try {
    // Also a Promise of a subject that someone forgot to await ends here.
    if (!subject.user) throw new TypeError("The subject has no user; nobody logged in is null");
    const verdict = await check(subject, report);
    if (verdict.held) return { kind: "allow" };
    return { kind: "forbid", reasons: [...new Set(verdict.reasons)] };
  } catch (error) {
    report(error);
    return { kind: "forbid", reasons: [plainReason] };
  }
}

/** Keeps a failing reporter from changing the decision, and the error from being lost with it. */
async function tell(onError: (error: unknown) => unknown, error: unknown): Promise<void> {
  try {
    await onError(error);
  } catch {
    print(error);
  }
}

function print(error: unknown): void {
  console.error("Latchkey: a rule could not be checked, so access was refused.", error);
}
