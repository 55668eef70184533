// A whole walk with scan, the way callers do it.
import assert from "node:assert/strict";
import type { Store, StoredRecord } from "@latchkey/session-core";

/**
 * All records under a prefix, each once: a store may show one twice in a walk, and pages may be
 * short or empty before the last.
 *
 * @param between Runs after every page that isn't the last.
 */
export async function walk(
  store: Store,
  prefix: string,
  limit: number,
  between: (page: StoredRecord[]) => Promise<void> = async () => {},
): Promise<StoredRecord[]> {
  const found = new Map<string, StoredRecord>();
  let cursor: string | null = null;
  for (let pages = 0; pages < 10_000; pages++) {
    const page: Awaited<ReturnType<Store["scan"]>> = await store.scan(prefix, cursor, limit);
    assert.ok(
      page.records.length <= limit,
      `scan gives at most limit records a page: ${page.records.length} came for limit ${limit}`,
    );
    for (const record of page.records) found.set(record.id, record);
    if (page.cursor === null) return [...found.values()];
    cursor = page.cursor;
    await between(page.records);
  }
  assert.fail("scan must come to an end: no cursor null in 10,000 pages");
}
