// Vitest reporter: leaves the totals for run-tests.ts and says why tests were skipped.
import { writeFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";
import type { RunTotals, Totals } from "./test-totals.ts";

export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const all: Totals = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const run: RunTotals = { all, projects: {} };
    const reasons = new Map<string, number>();
    for (const module of modules) {
      run.projects[module.project.name] ??= { passed: 0, failed: 0, skipped: 0 };
      const totals = [all, run.projects[module.project.name] ?? all];
      // A file that did not load, or a hook of a file or suite that threw, is no test of its own.
      for (const each of totals) each.failed += countFailedSuites(module);
      for (const test of module.children.allTests()) {
        for (const each of totals) each[outcome(test)] += 1;
        const reason = skipReason(test);
        if (reason !== null) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
    }
    for (const [reason, count] of reasons) console.log(`${count} skipped: ${reason}`);
    const file = process.env["LATCHKEY_TEST_TOTALS"];
    if (file) writeFileSync(file, JSON.stringify(run));
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
