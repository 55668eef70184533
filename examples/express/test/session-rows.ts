// Looks into the app's SQLite file from outside.

import { DatabaseSync } from "node:sqlite";

/** How many records of each kind there are, by what their ids start with. */
export function recordsIn(file: string): Record<string, number> {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const counts: Record<string, number> = {};
    for (const { id } of database.prepare(`select id from ${recordTable(database)}`).all()) {
      const kind = String(id).split(":", 1)[0] ?? "";
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
    return counts;
  } finally {
    database.close();
  }
}

/** The one table with records, whatever it is called. */
function recordTable(database: DatabaseSync): string {
  const tables = database.prepare("select name, sql from sqlite_master where type = 'table'").all();
  const [records, ...more] = tables.filter(({ sql }) => /\bexpires_at\b/.test(String(sql)));
  if (records === undefined || more.length > 0) throw new Error("which table has the records?");
  return `"${records["name"]}"`;
}
