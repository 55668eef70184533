// Vitest reporter: leaves the totals for run-tests.ts and says why tests were skipped.
import { writeFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";
import type { Totals } from "./test-totals.ts";

export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const totals: Totals = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const reasons = new Map<string, number>();
    for (const module of modules) {
      // A file that did not load, or a hook of a file or suite that threw, is no test of its own.
      totals.failed += countFailedSuites(module);
      for (const test of module.children.allTests()) {
        totals[outcome(test)] += 1;
        const reason = skipReason(test);
        if (reason !== null) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
    }
    for (const [reason, count] of reasons) console.log(`${count} skipped: ${reason}`);
    const file = process.env["LATCHKEY_TEST_TOTALS"];
    if (file) writeFileSync(file, JSON.stringify(totals));
  }
}

function countFailedSuites(module: TestModule): number {
  const suites: (TestModule | TestSuite)[] = [module, ...module.children.allSuites()];
  return suites.filter((suite) => suite.errors().length > 0).length;
}

function outcome(test: TestCase): keyof Totals {
  const { state } = test.result();
  // Still pending at the end: its worker died or the run was cut short.
  return state === "pending" ? "failed" : state;
}

function skipReason(test: TestCase): string | null {
  const result = test.result();
  return result.state === "skipped" ? (result.note ?? null) : null;
}
