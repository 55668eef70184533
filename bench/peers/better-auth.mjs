// better-auth on SQLite (Node's own client), asked in each handler as its Express guide says, with
// its cookie cache off, as by default, and on. `color` and `n` are additional fields of its session.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { fromNodeHeaders, toNodeHandler } from "better-auth/node";
import { secret } from "./secret.mjs";

export const onSqlite = (app, context) => setUp(app, context, { enabled: false });

/** For an hour: what is measured is the cache, not how often it is renewed. */
export const withCookieCache = (app, context) =>
  setUp(app, context, { enabled: true, maxAge: 60 * 60 });

async function setUp(app, { count, nextUser }, cookieCache) {
  const auth = await createAuth(count, cookieCache);
  app.all("/api/auth/*splat", toNodeHandler(auth));
  app.post("/enter", async (_req, res) => {
    const { id, name } = nextUser();
    const body = { email: `${id}@example.com`, password: "correct horse battery", name };
    const entered = await auth.api.signUpEmail({ body, returnHeaders: true });
    const cookies = entered.headers.getSetCookie();
    const cookie = cookies.map((line) => line.split(";", 1)[0]).join("; ");
    const updated = await auth.api.updateSession({
      headers: { cookie },
      body: { color: "green" },
      returnHeaders: true,
    });
    res.setHeader("set-cookie", [...cookies, ...updated.headers.getSetCookie()]).send("ok");
  });
  app.get("/read", async (req, res) => {
    const found = await auth.api.getSession({ headers: fromNodeHeaders(req.headers) });
    res.send(`${found?.user.id ?? "-"} ${found?.session.color ?? "-"}`);
  });
  app.post("/write", async (req, res) => {
    const headers = fromNodeHeaders(req.headers);
    const found = await auth.api.getSession({ headers });
    const n = (found?.session.n ?? 0) + 1;
    const updated = await auth.api.updateSession({ headers, body: { n }, returnHeaders: true });
    res.setHeader("set-cookie", updated.headers.getSetCookie()).send(String(n));
  });
}

async function createAuth(count, cookieCache) {
  const options = {
    database: countedDatabase(count),
    baseURL: "http://127.0.0.1",
    secret,
    emailAndPassword: { enabled: true },
    session: {
      cookieCache,
      additionalFields: {
        color: { type: "string", required: false },
        n: { type: "number", required: false },
      },
    },
    telemetry: { enabled: false },
  };
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  return betterAuth(options);
}

/** Its adapter prepares each statement that it runs. As durable as the SQLite file of ours. */
function countedDatabase(count) {
  class CountedDatabase extends DatabaseSync {
    prepare(sql) {
      count(sql.slice(0, 6).toLowerCase());
      return super.prepare(sql);
    }
  }
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const database = new CountedDatabase(join(folder, "auth.db"));
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  return database;
}
