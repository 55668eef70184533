// better-auth on SQLite (Node's own client), asked in each handler as its Express guide says.
// `color` and `n` are additional fields of its session; its cookie cache is off, as by default.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { fromNodeHeaders, toNodeHandler } from "better-auth/node";

export async function setUp(app, count) {
  const auth = await createAuth(count);
  let users = 0;
  app.all("/api/auth/*splat", toNodeHandler(auth));
  app.post("/enter", async (_req, res) => {
    const email = `user-${++users}@example.com`;
    const body = { email, password: "correct horse battery", name: "Ada Lovelace" };
    const { headers } = await auth.api.signUpEmail({ body, returnHeaders: true });
    const cookies = headers.getSetCookie();
    const cookie = cookies.map((line) => line.split(";", 1)[0]).join("; ");
    await auth.api.updateSession({ headers: { cookie }, body: { color: "green" } });
    res.setHeader("set-cookie", cookies).send("ok");
  });
  app.get("/read", async (req, res) => {
    const found = await auth.api.getSession({ headers: fromNodeHeaders(req.headers) });
    res.send(`${found?.user.id ?? "-"} ${found?.session.color ?? "-"}`);
  });
  app.post("/write", async (req, res) => {
    const headers = fromNodeHeaders(req.headers);
    const found = await auth.api.getSession({ headers });
    const n = (found?.session.n ?? 0) + 1;
    await auth.api.updateSession({ headers, body: { n } });
    res.send(String(n));
  });
}

async function createAuth(count) {
  const options = {
    database: countedDatabase(count),
    baseURL: "http://127.0.0.1",
    secret: "a secret of the benchmark, 32 characters or more",
    emailAndPassword: { enabled: true },
    session: {
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

/** Its adapter prepares each statement that it runs. As durable as the SQLite file of latchkey-sql. */
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
