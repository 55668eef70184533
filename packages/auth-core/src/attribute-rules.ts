// The rules stage: where an attribute fits a pattern, another one is set. Rules see what those before
// them did.

import { matchesGlob } from "./glob.ts";

/** One rule: where the attribute `selector` fits `pattern`, `field` becomes `value`. */
export interface AttributeRule {
  selector: string;
  /** `*`, `?`, `[abc]`, `[!abc]`; upper and lower case differ. */
  pattern: string;
  field: string;
  value: unknown;
}

/** What rules need of a table; every `Table` of `@latchkey/table` has it. */
export interface RuleTable {
  all(): Promise<Readonly<Record<string, unknown>>[]>;
}

/** Applies rules in order. An attribute that is not there fits no pattern, not even `*`. */
export async function applyRules<User extends { id: string }>(
  user: User,
  rules: readonly AttributeRule[] | RuleTable,
): Promise<User> {
  const all = "all" in rules ? (await rules.all()).map(ruleOf) : rules;
  const changed: Map<string, unknown> = new Map(Object.entries(user));
  for (const { selector, pattern, field, value } of all) {
    if (textsOf(changed.get(selector)).some((text) => matchesGlob(pattern, text))) {
      changed.set(field, value);
    }
  }
  return { ...user, ...Object.fromEntries(changed) };
}

/** @throws {TypeError} That names the option. */
export function checkRules(rules: readonly AttributeRule[] | RuleTable | undefined): void {
  if (Array.isArray(rules)) rules.forEach(ruleOf);
  else if (rules !== undefined && !("all" in rules)) {
    throw new TypeError("rules must be a list of rules or a table of them");
  }
}

function ruleOf(row: Readonly<Record<string, unknown>> | AttributeRule, at: number): AttributeRule {
  const { selector, pattern, field, value } = row;
  if (typeof selector !== "string" || typeof pattern !== "string" || typeof field !== "string") {
    throw new TypeError(`rules[${at}] must have the texts selector, pattern and field`);
  }
  if (field === "id") throw new TypeError(`rules[${at}].field must not be 'id': that is who it is`);
  if (value === undefined) throw new TypeError(`rules[${at}] must have a value`);
  return { selector, pattern, field, value };
}

/** A list fits when one of its entries does. */
function textsOf(attribute: unknown): string[] {
  return [attribute].flat().flatMap((value) => {
    const plain = ["string", "number", "boolean"].includes(typeof value);
    return plain ? [String(value)] : [];
  });
}
