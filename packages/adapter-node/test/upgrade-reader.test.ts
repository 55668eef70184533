// Who opens a WebSocket: refused to pages of other sites, without a cookie or a write of its own.

import { createServer, type IncomingMessage, request } from "node:http";
import { StoreError } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { describe, expect, it, onTestFinished } from "vitest";
import { createUpgradeReader, type UpgradeReaderOptions } from "../src/index.ts";
import { setUp } from "./setup.ts";
import { type Data, storeWith, type User } from "./shared/site-parts.ts";

async function application(options: UpgradeReaderOptions = {}, store = memoryStore()) {
  const auth = setUp({ store });
  const read = createUpgradeReader<User, Data>(auth.sessions, options);
  const server = createServer(
    auth.handle(async (req, res) => {
      const session = auth.sessionOf(req);
      if (req.url === "/login") await session.login({ id: "alpha" });
      if (req.url === "/logout") await session.logout();
      res.end(JSON.stringify(session.data));
    }),
  );
  let take: (req: IncomingMessage) => void = () => {};
  server.on("upgrade", (req, socket) => {
    take(req);
    socket.end("HTTP/1.1 418 Seen\r\nconnection: close\r\n\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  const { port } = address;
  return {
    auth,
    read,
    host: `127.0.0.1:${port}`,
    /** The request that a client's upgrade arrives as. */
    upgrade: (headers: Record<string, string>): Promise<IncomingMessage> =>
      new Promise((resolve) => {
        take = resolve;
        const wish = { connection: "upgrade", upgrade: "websocket", ...headers };
        request({ port, host: "127.0.0.1", headers: wish, agent: false })
          .on("response", (res) => res.resume())
          .on("error", () => {})
          .end();
      }),
    async cookie(path: string, cookie = ""): Promise<string> {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { cookie } });
      await answer.text();
      return answer.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
    },
  };
}

describe("Origin", () => {
  it.each<[string, UpgradeReaderOptions, (host: string) => Record<string, string>, boolean]>([
    ["none, as programs send", {}, () => ({}), true],
    ["its own", {}, (host) => ({ origin: `http://${host}` }), true],
    ["its own, in capitals", {}, (host) => ({ origin: `HTTP://${host}` }), true],
    [
      "its own by https, behind a proxy unknown",
      {},
      (host) => ({ origin: `https://${host}` }),
      true,
    ],
    ["another site", {}, () => ({ origin: "https://evil.example" }), false],
    ["another port", {}, () => ({ origin: "http://127.0.0.1:1" }), false],
    ["one that begins alike", {}, (host) => ({ origin: `http://${host}.evil.example` }), false],
    ["a sandboxed frame", {}, () => ({ origin: "null" }), false],
    ["nonsense", {}, () => ({ origin: "x" }), false],
    ["empty", {}, () => ({ origin: "" }), false],
    ["another scheme", {}, (host) => ({ origin: `chrome-extension://${host}` }), false],
    [
      "one that is named",
      { origins: ["https://app.example.com"] },
      () => ({ origin: "https://app.example.com" }),
      true,
    ],
    [
      "a neighbour of one that is named",
      { origins: ["https://app.example.com"] },
      () => ({ origin: "http://app.example.com" }),
      false,
    ],
    [
      "http where a trusted proxy says https",
      { trustProxy: 1 },
      (host) => ({ origin: `http://${host}`, "x-forwarded-proto": "https" }),
      false,
    ],
    [
      "the proxy's name, without the default port",
      { trustProxy: 1 },
      () => ({
        origin: "https://app.example.com",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "App.example.com:443",
      }),
      true,
    ],
  ])("%s", async (_what, options, headers, welcome) => {
    const { read, upgrade, host } = await application(options);
    const upgraded = await read(await upgrade(headers(host)));
    expect(upgraded !== null).toBe(welcome);
  });

  it.each(["app.example.com", "https://app.example.com/", "*"])(
    "origins: %s is refused",
    (origin) => {
      const auth = setUp();
      expect(() => createUpgradeReader(auth.sessions, { origins: [origin] })).toThrow(
        /^origins must/,
      );
    },
  );
});

describe("the session", () => {
  it("is the visitor's, and nobody is logged in without a genuine cookie", async () => {
    const { read, upgrade, cookie } = await application();
    const alpha = await cookie("/login");
    const known = await read(await upgrade({ cookie: alpha }));
    expect(known?.principal).toMatchObject({ user: { id: "alpha" }, via: "session" });
    for (const forged of ["", "sid=x", `${alpha}x`, `${alpha}; ${alpha}`]) {
      const unknown = await read(await upgrade({ cookie: forged }));
      expect(unknown).toMatchObject({ principal: null, session: { id: null } });
    }
  });

  it("can be asked again with the same request, until it ends", async () => {
    const { read, upgrade, cookie } = await application();
    const alpha = await cookie("/login");
    const req = await upgrade({ cookie: alpha });
    expect((await read(req))?.principal?.user.id).toBe("alpha");
    await cookie("/logout", alpha);
    expect((await read(req))?.principal).toBe(null);
  });

  it("stores what is saved, in a session that has its cookie, and begins none", async () => {
    const { read, upgrade, cookie } = await application();
    const alpha = await cookie("/login");
    const req = await upgrade({ cookie: alpha });
    const upgraded = await read(req);
    expect(await upgraded?.session.update("n", (n) => Number(n ?? 0) + 1)).toBe(1);
    expect((await read(req))?.session.data).toEqual({ n: 1 });
    const stranger = await read(await upgrade({}));
    await expect(stranger?.session.update("n", () => 1)).rejects.toMatchObject({
      code: "ERR_SESSION_LATE",
    });
    await expect(stranger?.session.login({ id: "alpha" })).rejects.toMatchObject({
      code: "ERR_SESSION_LATE",
    });
  });

  it("can't be read while the store is away, and that is no anonymous visitor", async () => {
    const get = () => Promise.reject(new StoreError("ERR_STORE_UNAVAILABLE", "away"));
    const { read, upgrade, cookie } = await application({}, storeWith({ get }));
    const alpha = await cookie("/login");
    await expect(read(await upgrade({ cookie: alpha }))).rejects.toBeInstanceOf(StoreError);
  });
});
