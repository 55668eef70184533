// WebSockets beside an Express app: a socket knows who its visitor is, pages of other sites get none.

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { latchkey } from "@latchkey/adapter-express";
import { createUpgradeReader } from "@latchkey/adapter-node";
import { memoryStore } from "@latchkey/store-memory";
import express from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { SESSION_KEYS } from "./start-app.ts";

const users = new Map([["alpha", { id: "alpha" }]]);
const auth = latchkey({
  store: memoryStore(),
  keys: [SESSION_KEYS],
  loadUser: (id) => users.get(id) ?? null,
});
const readUpgrade = createUpgradeReader(auth.sessions);
const sockets = new WebSocketServer({ noServer: true });
const app = express();
app.use(auth.session);
app.post("/login", async (req, res) => {
  await auth.sessionOf(req).login({ id: "alpha" });
  res.send("ok");
});
app.get("/data", (req, res) => void res.json(auth.sessionOf(req).data));
app.post("/logout", async (req, res) => {
  await auth.sessionOf(req).logout();
  res.send("ok");
});

let server: Server;
let host = "";

beforeAll(async () => {
  server = createServer(app);
  server.on("upgrade", (req, socket, head) => {
    socket.on("error", () => socket.destroy()); // Node takes its own listener away here.
    const refuse = (status: string): void => {
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    };
    readUpgrade(req).then(
      (upgrade) => {
        const user = upgrade?.principal?.user;
        if (upgrade === null) return refuse("403 Forbidden");
        if (user === undefined) return refuse("401 Unauthorized");
        sockets.handleUpgrade(req, socket, head, (ws) => {
          ws.on("error", () => {}); // It closes itself.
          ws.on("message", async (message) => {
            // Asked anew: a socket outlives the session that opened it.
            const now = await readUpgrade(req).catch(() => null);
            if (now?.principal?.user.id !== user.id) return ws.close(4401, "logged out");
            await now.session.update("last", () => String(message));
            ws.send(`${user.id} said ${message}`);
          });
          ws.send(`hello ${user.id}`);
        });
      },
      () => refuse("503 Service Unavailable"),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  host = `127.0.0.1:${address.port}`;
});

afterAll(() => {
  for (const client of sockets.clients) client.terminate();
  server.close();
});

async function post(path: string, cookie = ""): Promise<string> {
  const answer = await fetch(`http://${host}${path}`, { method: "POST", headers: { cookie } });
  await answer.text();
  return answer.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
}

interface Line {
  next(): Promise<string>;
  send(text: string): void;
}

/** Connects; rejects with the status of a refusal. */
function open(headers: Record<string, string>): Promise<Line> {
  const ws = new WebSocket(`ws://${host}/`, { headers });
  const heard: string[] = [];
  let wake: () => void = () => {};
  const hear = (text: string): void => {
    heard.push(text);
    wake();
  };
  ws.on("message", (message) => hear(String(message)));
  ws.on("close", (code, reason) => hear(`closed ${code} ${reason}`));
  return new Promise((resolve, reject) => {
    ws.on("unexpected-response", (_req, res) => reject(res.statusCode));
    ws.on("error", reject);
    ws.on("open", () => {
      resolve({
        send: (text) => ws.send(text),
        async next() {
          while (heard.length === 0) {
            await new Promise<void>((again) => {
              wake = again;
            });
          }
          return heard.shift() ?? "";
        },
      });
    });
  });
}

test("a visitor who is logged in gets a socket that knows who it is, until the logout", async () => {
  const cookie = await post("/login");
  const line = await open({ cookie, origin: `http://${host}` });
  expect(await line.next()).toBe("hello alpha");
  line.send("one");
  expect(await line.next()).toBe("alpha said one");
  const data = await fetch(`http://${host}/data`, { headers: { cookie } });
  expect(await data.json()).toEqual({ last: "one" });
  await post("/logout", cookie);
  line.send("two");
  expect(await line.next()).toBe("closed 4401 logged out");
});

test("a user who is disabled meanwhile is shut out", async () => {
  const line = await open({ cookie: await post("/login") });
  expect(await line.next()).toBe("hello alpha");
  users.delete("alpha");
  line.send("one");
  expect(await line.next()).toBe("closed 4401 logged out");
  users.set("alpha", { id: "alpha" });
});

test("a program without Origin may connect, too", async () => {
  const line = await open({ cookie: await post("/login") });
  expect(await line.next()).toBe("hello alpha");
});

test("a page of another site is refused, with the visitor's own cookie", async () => {
  const cookie = await post("/login");
  for (const origin of ["https://evil.example", "null", `http://${host}.evil.example`]) {
    await expect(open({ cookie, origin })).rejects.toBe(403);
  }
});

test("nobody is logged in with a forged cookie, or none", async () => {
  await expect(open({ origin: `http://${host}` })).rejects.toBe(401);
  await expect(open({ cookie: "sid=x.0.y" })).rejects.toBe(401);
});

// An error that nobody listens for would end the server; here it makes the test run fail.

test("a visitor who cuts the connection leaves the server standing", async () => {
  await cutAfterAnswer("");
  await cutAfterAnswer(await post("/login"));
  await expect(open({})).rejects.toBe(401);
});

test("a broken frame closes that one socket", async () => {
  const cookie = await post("/login");
  const line = await open({ cookie });
  expect(await line.next()).toBe("hello alpha");
  await cutAfterAnswer(cookie, Buffer.from([0xff, 0x80, 0, 0, 0, 0])); // reserved bits set
  line.send("still here");
  expect(await line.next()).toBe("alpha said still here");
});

/** Asks for a socket over TCP; sends what follows, or resets the connection, once answered. */
async function cutAfterAnswer(cookie: string, frame?: Buffer): Promise<void> {
  // Not `once(socket, "close")`, which listens for errors as well.
  const closed = new Promise<void>((done) => {
    server.once("connection", (socket) => socket.once("close", () => done()));
  });
  const visitor = connect(Number(host.split(":")[1]), "127.0.0.1");
  const ask = ["GET / HTTP/1.1", `Host: ${host}`, "Connection: Upgrade", "Upgrade: websocket"];
  const key = ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];
  visitor.write([...ask, ...key, `Cookie: ${cookie}`, "", ""].join("\r\n"));
  await once(visitor, "data");
  if (frame === undefined) visitor.resetAndDestroy();
  else visitor.write(frame);
  await closed;
  visitor.destroy();
}
