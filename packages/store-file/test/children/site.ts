// A site that counts visits, whose own onError fails: what goes to stderr is said, for the parent.
import { createServer } from "node:http";
import { createSessions } from "@latchkey/session-core";
import { openFileStore } from "../../src/index.ts";
import { argument, say } from "./ipc.ts";

console.error = (...parts: unknown[]) => say(parts.map(String).join(" "));

const onError =
  argument(1) === "throws"
    ? () => {
        throw new Error("of onError");
      }
    : () => Promise.reject(new Error("of onError"));
const store = await openFileStore(argument(0), { flush: "20ms", onError });
const sessions = createSessions<{ id: string }, { visits: number }>({
  store,
  keys: ["k".repeat(32)],
});

const server = createServer(async (req, res) => {
  const session = await sessions.open({
    method: "GET",
    url: "/",
    protocol: "http",
    host: "localhost",
    ip: "127.0.0.1",
    getHeader: (name) => (name === "cookie" ? req.headers.cookie : undefined),
    appendHeader: (name, value) => void res.appendHeader(name, value),
  });
  const visits = await session.update("visits", (count = 0) => count + 1);
  await session.commit();
  res.end(String(visits));
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object") say(`http://127.0.0.1:${address?.port}/`);
});
