// Whether the files of a store are whole, and nothing but them is there. No process has them open.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** @throws {Error} That says what is wrong. */
export function checkFile(folder: string): void {
  JSON.parse(readFileSync(join(folder, "sessions.json"), "utf8"));
  expectOnly(folder, /^sessions\.json(\.lock)?$/);
}

/** @throws {Error} That says what is wrong. */
export function checkSqlite(folder: string): void {
  expectOnly(folder, /^sessions\.db(-wal|-shm)?$/);
  const database = new DatabaseSync(join(folder, "sessions.db"));
  try {
    const found = database.prepare("pragma integrity_check").get()?.["integrity_check"];
    if (found !== "ok") throw new Error(`SQLite says: ${found}`);
  } finally {
    database.close();
  }
}

function expectOnly(folder: string, known: RegExp): void {
  const names = readdirSync(folder).filter((name) => name.startsWith("sessions"));
  const strange = names.filter((name) => !known.test(name));
  if (strange.length > 0) throw new Error(`left over: ${strange}`);
}
