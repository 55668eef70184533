// Starts the app and the servers that it logs people in with: npm start -- all-logins

import { createServer } from "node:http";
import { readPort, readSecrets } from "@latchkey/config";
import { fail, runApp } from "@latchkey/example-shared";
import { startPurge } from "@latchkey/session-core";
import { sqlStore } from "@latchkey/store-sql";
import { nodeSqliteDialect } from "@latchkey/store-sql/node-sqlite";
import { sqlTable } from "@latchkey/table";
import { freePort } from "@latchkey/tools/free-port";
import { Kysely, sql } from "kysely";
import { createApp } from "./app.ts";
import { loginEntries } from "./methods.ts";
import { startNeighbours } from "./neighbours.ts";
import { sentMails } from "./sent-mails.ts";

try {
  // The provider must know where this app is before it runs.
  const port = readPort(process.env, "PORT", 3000) || (await freePort());
  const origin = `http://localhost:${port}`;
  const keys = readSecrets(process.env, "SESSION_KEYS", { file: "./session-keys.txt" });
  const db = new Kysely<unknown>({ dialect: nodeSqliteDialect("./all-logins.db") });
  await sql`create table if not exists users (user text primary key, password text,
    email text not null unique)`.execute(db);
  const store = sqlStore(db);
  const stopPurge = startPurge(store);
  const neighbours = await startNeighbours(origin);
  const users = sqlTable(db, "users");
  const logins = loginEntries({ origin, store, users, neighbours });
  const app = createApp({ store, keys, logins, sent: () => sentMails(neighbours.mailbox) });
  runApp(createServer(app), port, async () => {
    await stopPurge();
    await neighbours.stop();
    await db.destroy();
  });
} catch (error) {
  fail(error);
}
