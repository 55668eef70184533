// How many tests passed, failed and were skipped, and the line that says so.

export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/** What a run leaves: the totals of all, and those of each test project. */
export interface RunTotals {
  all: Totals;
  projects: Record<string, Totals>;
}

/** `12 passed, 0 failed`, and `, 1 skipped` where some were. */
export function closingLine(totals: Totals): string {
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : "";
  return `${totals.passed} passed, ${totals.failed} failed${skipped}`;
}

/** A run that left no totals, or failed though no test did, is a failure too. */
export function addUnexplainedFailure(totals: Totals | null, exitCode: number): Totals {
  if (totals === null) return { passed: 0, failed: 1, skipped: 0 };
  if (exitCode !== 0 && totals.failed === 0) return { ...totals, failed: 1 };
  return totals;
}

export function sum(many: Iterable<Totals>): Totals {
  const all: Totals = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of many) {
    all.passed += passed;
    all.failed += failed;
    all.skipped += skipped;
  }
  return all;
}

export function isTotals(value: unknown): value is Totals {
  if (typeof value !== "object" || value === null) return false;
  return ["passed", "failed", "skipped"].every(
    (name) => typeof Reflect.get(value, name) === "number",
  );
}

/** What the reporter wrote; `null` when it is not that. */
export function parseRunTotals(text: string): RunTotals | null {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) return null;
  if (!("all" in value && "projects" in value && isTotals(value.all))) return null;
  const projects: Record<string, Totals> = {};
  for (const [name, totals] of Object.entries(Object(value.projects))) {
    if (isTotals(totals)) projects[name] = totals;
  }
  return { all: value.all, projects };
}
