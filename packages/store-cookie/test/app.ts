// A small server on node:http, run as a process of its own: open, handle, commit, and only then send.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { flushCompileCache } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { createSessions, type Exchange, SessionError } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { sqlStore } from "@latchkey/store-sql";
import { nodeSqliteDialect } from "@latchkey/store-sql/node-sqlite";
import { Kysely } from "kysely";
import { cookieStore } from "../src/index.ts";

interface User {
  id: string;
}
interface Data {
  count: number;
  text: string;
}

const { REVOCATIONS = "", KEYS = "" } = process.env;
const keys = KEYS.split(",");
const revocations =
  REVOCATIONS === ""
    ? memoryStore()
    : sqlStore(new Kysely<unknown>({ dialect: nodeSqliteDialect(REVOCATIONS) }));
const store = cookieStore({ keys, revocations });
const sessions = createSessions<User, Data>({ store, keys });

const server = createServer(async (req, res) => {
  try {
    const session = await sessions.open(exchangeOf(req, res));
    const { pathname, searchParams } = new URL(req.url ?? "/", "http://app");
    if (pathname === "/login") await session.login({ id: searchParams.get("user") ?? "" });
    if (searchParams.has("single")) {
      await sleep(20); // As long as it takes to look a user up.
      const { user, id } = session;
      if (!(await sessions.keepNewest(user?.id ?? "", id ?? ""))) await session.logout();
    }
    if (pathname === "/logout") await session.logout();
    if (pathname === "/revoke-all") await sessions.revokeAll(session.user?.id ?? "");
    if (pathname === "/count") await session.update("count", (count = 0) => count + 1);
    if (pathname === "/fill") session.data.text = "x".repeat(Number(searchParams.get("length")));
    const { user, data } = session;
    await session.commit();
    const length = data.text?.length ?? 0;
    res.end(JSON.stringify({ user: user?.id ?? null, count: data.count ?? 0, length }));
  } catch (error) {
    res.statusCode = 500;
    res.end(JSON.stringify({ code: error instanceof SessionError ? error.code : String(error) }));
  }
});
server.listen(0, "127.0.0.1", () => {
  flushCompileCache(); // It won't come to its end.
  const address = server.address();
  if (typeof address === "object") console.log(`listening on http://127.0.0.1:${address?.port}`);
});
process.on("SIGTERM", () => process.exit(0));

function exchangeOf(req: IncomingMessage, res: ServerResponse): Exchange {
  return {
    method: req.method ?? "GET",
    url: req.url ?? "/",
    protocol: "http",
    host: req.headers.host ?? "",
    ip: req.socket.remoteAddress ?? "",
    getHeader(name) {
      const value = req.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    appendHeader: (name, value) => void res.appendHeader(name, value),
  };
}
