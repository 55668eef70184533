// How long this login lasts: fixed, until the browser closes, or as the visitor chooses.

import { type Duration, durationMs } from "@latchkey/session-core";
import type { LifetimeChoice } from "./pages.ts";

type Lifetime = Duration | "browser";

export interface ChosenLifetime {
  /** The form field. Default `'remember'`. */
  field?: string;
  /** For forms that don't send the field, or send something else. */
  default: Lifetime;
  /** What the field may say, and what it means. */
  values: Readonly<Record<string, Lifetime>>;
  /** What the page says for each value, and under `''` for the default. Default: `30 days` and the like. */
  labels?: Readonly<Record<string, string>>;
}

export interface LifetimePolicy {
  /** `undefined` leaves it to the application's own. */
  chosen(fields: Readonly<Record<string, string>>): Lifetime | undefined;
  choice(fields: Readonly<Record<string, string>>): LifetimeChoice | null;
}

/** @throws {TypeError} When a value is no duration. */
export function createLifetimePolicy(
  option: Lifetime | ChosenLifetime | undefined,
): LifetimePolicy {
  if (typeof option !== "object") {
    check(option, "lifetime");
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

function check(lifetime: Lifetime | undefined, option: string): void {
  if (lifetime !== undefined && lifetime !== "browser") durationMs(lifetime, option);
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
  if (lifetime === "browser") return "Until you close the browser";
  const [, count = "", unit = ""] = /^([\d.]+)([a-z]+)$/.exec(lifetime) ?? [];
  return `${count} ${unitNames[unit]}${count === "1" ? "" : "s"}`;
}
