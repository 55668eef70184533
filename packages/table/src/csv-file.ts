// The newest content of a CSV file: read again whenever the file has changed.

import type { BigIntStats } from "node:fs";
import { open, stat } from "node:fs/promises";
import { type CsvContent, parseCsv } from "./csv-content.ts";
import { asTableError } from "./table-error.ts";

/**
 * Returns a function that gives the file's newest content.
 *
 * A file that is missing or malformed is an error until it is mended: the last good content is
 * never used instead, since whoever was removed from the file would still be able to log in.
 */
export function csvFile(path: string, delimiter: string): () => Promise<CsvContent> {
  let kept: { version: string; content: CsvContent } | null = null;
  let reading: { version: string; content: Promise<CsvContent> } | null = null;

  async function read(): Promise<CsvContent> {
    const startedAt = Date.now();
    const file = await open(path);
    try {
      const stats = await file.stat({ bigint: true });
      const content = await parseCsv(await file.readFile(), delimiter, path);
      // Within one tick of the file system's clock a second change leaves the same times behind.
      const settled = startedAt - Number(stats.ctimeMs) > clockTickMs;
      kept = settled ? { version: versionOf(stats), content } : null;
      return content;
    } finally {
      await file.close();
    }
  }

  return async () => {
    try {
      const version = versionOf(await stat(path, { bigint: true }));
      if (kept?.version === version) return kept.content;
      if (reading?.version === version) return await reading.content;
      const mine = { version, content: read() };
      reading = mine;
      try {
        return await mine.content;
      } finally {
        if (reading === mine) reading = null;
      }
    } catch (error) {
      throw asTableError(error, `${path} cannot be read`);
    }
  };
}

const clockTickMs = 20;

function versionOf(stats: BigIntStats): string {
  return `${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
}
