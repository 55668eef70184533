// The app with everything it needs: a database in one file, and the servers that logins talk to.

import { join } from "node:path";
import { startPurge } from "@latchkey/session-core";
import { sqlStore } from "@latchkey/store-sql";
import { nodeSqliteDialect } from "@latchkey/store-sql/node-sqlite";
import { sqlTable } from "@latchkey/table";
import type { Express } from "express";
import { Kysely, sql } from "kysely";
import { createApp } from "./app.ts";
import { loginEntries } from "./methods.ts";
import { type Neighbours, startNeighbours } from "./neighbours.ts";
import { sentMessages } from "./sent-messages.ts";

export interface OpenApp {
  app: Express;
  neighbours: Neighbours;
  close(): Promise<void>;
}

/**
 * @param origin Where the app will be, such as `http://localhost:3000`: providers and mails must know.
 * @param folder Where its database is.
 */
export async function openApp(origin: string, folder: string, keys: string[]): Promise<OpenApp> {
  const db = new Kysely<unknown>({ dialect: nodeSqliteDialect(join(folder, "all-logins.db")) });
  await sql`create table if not exists users (user text primary key, password text,
    email text not null unique)`.execute(db);
  const store = sqlStore(db);
  const stopPurge = startPurge(store);
  const neighbours = await startNeighbours(origin);
  const users = sqlTable(db, "users");
  const logins = loginEntries({ origin, store, users, neighbours });
  return {
    app: createApp({ store, keys, logins, sent: () => sentMessages(neighbours) }),
    neighbours,
    async close() {
      await stopPurge();
      await neighbours.stop();
      await db.destroy();
    },
  };
}
