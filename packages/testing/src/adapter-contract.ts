// The published acceptance suite: what the example app must do over HTTP, whatever framework it is
// written for. Nothing is looked at from inside.

import type { AdapterRule, AdapterSubject } from "./adapter-contract-rule.ts";
import { adapterRules } from "./adapter-contract-rules.ts";
import { createSubject } from "./adapter-contract-subject.ts";

/** A running example app. */
export interface RunningApp {
  /** Such as `http://localhost:3000`. */
  readonly url: string;
  readonly pid?: number;
  /** All it has printed so far. */
  output(): string;
  /** Asks it to end (SIGTERM); resolves with its exit code once it has. */
  stop(): Promise<number | null>;
}

export interface AdapterContractOptions {
  /** Any runner's test function: that of vitest, `node:test`, … */
  readonly test: (name: string, fn: () => Promise<void>) => unknown;
  /** The runner's function for what is done after all tests: `afterAll`, or `after` of `node:test`. */
  readonly after: (fn: () => Promise<void>) => unknown;
  /**
   * Starts the app with these settings and nothing else in its environment that it reads; rejects,
   * with what the app printed as the error's message, when it ends instead.
   */
  readonly start: (env: Readonly<Record<string, string>>) => Promise<RunningApp>;
  /** A setting for `STORE`: an empty store, each time anew. */
  readonly newStore: () => string | Promise<string>;
  /** `true` where sessions survive a restart of the app. Default `false`. */
  readonly persistent?: boolean;
  /** Leaves out what has nothing to do with the store: for one app's second store. Default `false`. */
  readonly storeOnly?: boolean;
}

/**
 * Registers one test for every rule of the example app with your test runner.
 *
 * The app is the one that every adapter of Latchkey has under `examples/`: its routes and settings
 * are described there. All rules but a few share one process of it.
 *
 * @example
 * ```ts
 * import { after, test } from "node:test";
 * import { fileURLToPath } from "node:url";
 * import { adapterContract, appProcess } from "@latchkey/testing";
 *
 * const server = fileURLToPath(new URL("../dist/server.js", import.meta.url));
 * adapterContract({
 *   test,
 *   after,
 *   start: appProcess(process.execPath, [server]),
 *   newStore: () => "memory:",
 * });
 * ```
 */
export function adapterContract(options: AdapterContractOptions): void {
  const { test, after, persistent = false, storeOnly = false } = options;
  const { subject, stop } = createSubject(options);
  const rules = adapterRules(persistent, storeOnly);
  const check = besideEachOther(rules, subject);
  for (const rule of rules) {
    test(`adapter contract: ${rule.name}`, () => check(rule));
  }
  after(stop);
}

/** Those that mostly wait are begun together, by the first of them: so their waits take no longer than one. */
function besideEachOther(
  rules: readonly AdapterRule[],
  subject: () => Promise<AdapterSubject>,
): (rule: AdapterRule) => Promise<void> {
  const check = async (rule: AdapterRule): Promise<void> => rule.check(await subject());
  let begun: ReadonlyMap<AdapterRule, Promise<void>> | null = null;
  return (rule) => {
    if (!rule.waits) return check(rule);
    begun ??= new Map(rules.filter(({ waits }) => waits).map((each) => [each, check(each)]));
    // Each test awaits its own; a runner that leaves some out needs no word of theirs.
    for (const outcome of begun.values()) outcome.catch(() => {});
    return begun.get(rule) ?? check(rule);
  };
}
