// How long this login lasts: fixed, until the browser closes, or as the visitor chooses.

import { type Duration, durationMs } from "@latchkey/session-core";
import type { LifetimeChoice } from "./pages.ts";

export type Lifetime = Duration | "browser";

export interface ChosenLifetime {
  /** The form field. Default `'remember'`. */
  field?: string;
  /** For forms that don't send the field, or send something else. */
  default: Lifetime;
  /** What the field may say, and what it means. */
  values: Readonly<Record<string, Lifetime>>;
  /** What the page says for each value, and under `''` for the default. Default: `for 30 days` and the like. */
  labels?: Readonly<Record<string, string>>;
}

export interface LifetimePolicy {
  /** `undefined` leaves it to the application's own. */
  chosen(fields: Readonly<Record<string, string>>): Lifetime | undefined;
  choice(fields: Readonly<Record<string, string>>): LifetimeChoice | null;
}

/** @throws {TypeError} That names the option whose value is no duration. */
export function createLifetimePolicy(
  option: Lifetime | ChosenLifetime | undefined,
): LifetimePolicy {
  if (typeof option !== "object") {
    if (option !== undefined) check(option, "lifetime");
    return { chosen: () => option, choice: () => null };
  }
  const { field = "remember", values, labels = {} } = option;
  check(option.default, "lifetime.default");
  for (const [value, lifetime] of Object.entries(values)) {
    check(lifetime, `lifetime.values.${value}`);
  }
  const pick = (fields: Readonly<Record<string, string>>): string => {
    const sent = fields[field] ?? "";
    return Object.hasOwn(values, sent) ? sent : "";
  };
  return {
    chosen: (fields) => values[pick(fields)] ?? option.default,
    choice: (fields) => ({
      name: field,
      choices: ["", ...Object.keys(values)].map((value) => ({
        value,
        label: labels[value] ?? describe(values[value] ?? option.default),
        selected: value === pick(fields),
      })),
    }),
  };
}

function check(lifetime: Lifetime, option: string): void {
  if (lifetime === "browser") return;
  // RFC 6265bis §5.5. The session would refuse it, too, but at every login.
  if (durationMs(lifetime, option) > durationMs("400d")) {
    throw new TypeError(`${option} must be 400 days at most: browsers keep no cookie longer`);
  }
}

const unitNames: Readonly<Record<string, string>> = {
  ms: "millisecond",
  s: "second",
  m: "minute",
  h: "hour",
  d: "day",
  w: "week",
};

function describe(lifetime: Lifetime): string {
  if (lifetime === "browser") return "until you close the browser";
  const [, count = "", unit = ""] = /^([\d.]+)([a-z]+)$/.exec(lifetime) ?? [];
  return `for ${count} ${unitNames[unit]}${count === "1" ? "" : "s"}`;
}
