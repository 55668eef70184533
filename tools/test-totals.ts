// How many tests passed, failed and were skipped, and the line that says so.

export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
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

/** What the reporter wrote; `null` when it is not that. */
export function parseTotals(text: string): Totals | null {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) return null;
  if (!("passed" in value && "failed" in value && "skipped" in value)) return null;
  const { passed, failed, skipped } = value;
  if (typeof passed !== "number" || typeof failed !== "number" || typeof skipped !== "number") {
    return null;
  }
  return { passed, failed, skipped };
}
