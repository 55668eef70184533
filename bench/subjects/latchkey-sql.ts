// Latchkey on SQLite: a database file, by Node's own client.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqlStore } from "@latchkey/store-sql";
import { nodeSqliteDialect } from "@latchkey/store-sql/node-sqlite";
import { Kysely } from "kysely";
import type { SetUp } from "../subject.ts";
import { setUpLatchkey } from "./latchkey-app.ts";

export const setUp: SetUp = (app, count) => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const db = new Kysely<unknown>({ dialect: nodeSqliteDialect(join(folder, "sessions.db")) });
  setUpLatchkey(app, sqlStore(db), count);
};
