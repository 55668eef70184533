// The published conformance suite: what every backend must do before sessions can trust it.
import type { Store } from "@latchkey/session-core";
import { createRules } from "./store-contract-create.ts";
import { dataRules } from "./store-contract-data.ts";
import { deleteRules } from "./store-contract-delete.ts";
import { expiryRules } from "./store-contract-expiry.ts";
import { ownerRules } from "./store-contract-owner.ts";
import { ownerDeleteRules } from "./store-contract-owner-delete.ts";
import { replaceRules } from "./store-contract-replace.ts";
import type { StoreRule } from "./store-contract-rule.ts";
import { scanRules } from "./store-contract-scan.ts";
import { scanWalkRules } from "./store-contract-scan-walk.ts";
import { touchRules } from "./store-contract-touch.ts";

/** One empty backend under test and its clock. */
export interface StoreSubject {
  readonly store: Store;
  /** A second client of the same backend, where it is shared: races then run through both. */
  readonly peer?: Store;
  /** The time the store goes by, epoch milliseconds. */
  now(): number;
  /** Lets `ms` milliseconds pass: moves a fake clock or really sleeps. */
  advance(ms: number): Promise<void>;
  /** Called after each test, also after a failed one. */
  close(): Promise<void>;
}

export interface StoreContractOptions {
  /** Any runner's test function: that of vitest, `node:test`, … */
  readonly test: (name: string, fn: () => Promise<void>) => unknown;
  /** An empty backend; called once for every test. */
  readonly create: () => Promise<StoreSubject>;
  /** `true` where the backend removes expired records by itself, so that `deleteExpired` may say 0. */
  readonly expiresByItself?: boolean;
}

const rules: readonly StoreRule[] = [
  ...createRules,
  ...dataRules,
  ...replaceRules,
  ...touchRules,
  ...deleteRules,
  ...ownerRules,
  ...ownerDeleteRules,
  ...scanRules,
  ...scanWalkRules,
  ...expiryRules,
];

/**
 * Registers one test for every rule of the `Store` contract with your test runner.
 *
 * A rule that is broken fails with a sentence that says what the store must do, what was expected
 * and what came instead.
 *
 * @example
 * ```ts
 * import { test } from "node:test";
 * import { memoryStore } from "@latchkey/store-memory"; // in your project: your own store
 * import { storeContract } from "@latchkey/testing";
 *
 * storeContract({
 *   test,
 *   create: async () => {
 *     let time = Date.now();
 *     return {
 *       store: memoryStore({ now: () => time }),
 *       now: () => time,
 *       advance: async (ms) => {
 *         time += ms;
 *       },
 *       close: async () => {},
 *     };
 *   },
 * });
 * ```
 */
export function storeContract(options: StoreContractOptions): void {
  const { test, create, expiresByItself = false } = options;
  for (const rule of rules) {
    test(`store contract: ${rule.name}`, async () => {
      const subject = await create();
      try {
        await rule.check(subject, { expiresByItself });
      } finally {
        await subject.close();
      }
    });
  }
}
