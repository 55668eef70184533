// Opens a table by one line of text in a child process, which loads no driver but the one it needs.
import { csvTable, mongoTable, sqlTable, type Table } from "../src/index.ts";

export interface OpenedTable {
  table: Table;
  close(): Promise<void>;
}

/** @param target A database's url, or `csv:` or `sqlite:` and a path. */
export async function openTable(target: string, name: string): Promise<OpenedTable> {
  if (target.startsWith("csv:")) {
    return { table: csvTable(target.slice(4), { unique: ["email"] }), close: async () => {} };
  }
  if (target.startsWith("mongodb:")) {
    const { openMongo } = await import("./open-mongo.ts");
    const client = openMongo(target);
    const table = mongoTable(client.db("app").collection(name));
    return { table, close: () => client.close(true) };
  }
  const { openDatabase } = await import("./open-database.ts");
  const db = openDatabase(target);
  return { table: sqlTable(db, name), close: () => db.destroy() };
}
