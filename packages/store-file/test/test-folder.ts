// Folders for store files, and a record to put there.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoredRecord } from "@latchkey/session-core";

export interface TestFolder {
  path: string;
  /** Of the store. */
  file: string;
  names(): string[];
  text(): string;
  remove(): void;
}

export function testFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), "latchkey-file-"));
  const file = join(path, "sessions.json");
  return {
    path,
    file,
    names: () => readdirSync(path).sort(),
    text: () => readFileSync(file, "utf8"),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

export function newRecord(id: string, more: Partial<StoredRecord> = {}): StoredRecord {
  const time = Date.now();
  const times = { createdAt: time, seenAt: time, expiresAt: time + 3_600_000 };
  return { id, owner: "session:u1", data: "{}", ...times, version: 1, ...more };
}

/** What a promise rejected with; fails when it did not. */
export async function reasonOf(answer: Promise<unknown>): Promise<unknown> {
  return answer.then(
    () => {
      throw new Error("expected a rejection");
    },
    (reason: unknown) => reason,
  );
}
