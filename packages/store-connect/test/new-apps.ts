// Applications as they are now: `/me` says who is logged in, and what is in the cart.

import type { RequestListener, ServerResponse } from "node:http";
import { latchkey } from "@latchkey/adapter-express";
import { createSessions, type Session, type SessionInfo, type Store } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import express from "express";
import { type MoveSessionsOptions, moveSessions, type OldCookie } from "../src/index.ts";

interface User {
  id: string;
}

interface Data {
  cart: string[];
}

export type Options = Partial<MoveSessionsOptions<User, Data>> & { from: readonly OldCookie[] };

export interface NewApp {
  app: RequestListener;
  store: Store;
  /** The ids of all records that were written. */
  stored(): Promise<string[]>;
  sessions(): Promise<SessionInfo[]>;
}

const keys = ["a secret of thirty-two characters or more"];

function setUp(options: Options) {
  const { store = memoryStore() } = options;
  const move = moveSessions<User, Data>({
    toUser({ userId, cart }) {
      if (typeof userId !== "string") return null;
      return { user: { id: userId }, data: Array.isArray(cart) ? { cart } : {} };
    },
    ...options,
    store,
  });
  const stored = async () => (await store.scan("", null, 1000)).records.map(({ id }) => id);
  return { store, move, stored };
}

const describe = (session: Session<User, Data>): string =>
  session.user === null ? "nobody" : `${session.user.id}: ${session.data.cart?.join()}`;

/** With the Express adapter. */
export function newExpressApp(options: Options): NewApp {
  const { store, move, stored } = setUp(options);
  const auth = latchkey<User, Data>({ store, keys, onError: () => {} });
  const app = express();
  app.use(auth.session, async (req, res, next) => {
    await move(auth.sessionOf(req), req.headers.cookie, (line) => res.append("Set-Cookie", line));
    next();
  });
  app.get("/me", (req, res) => void res.send(describe(auth.sessionOf(req))));
  app.get("/fill", (req, res) => {
    auth.sessionOf(req).data.cart = ["coffee"];
    res.send("filled");
  });
  app.get("/visit", async (req, res) => {
    await auth.sessionOf(req).update("cart", (cart = []) => [...cart, "milk"]);
    res.send(describe(auth.sessionOf(req)));
  });
  app.get("/leave", async (req, res) => {
    await auth.sessionOf(req).logout();
    res.send("bye");
  });
  app.use(auth.errors);
  return { app, store, stored, sessions: () => auth.sessions.list("ada") };
}

/** With nothing but session-core. */
export function newPlainApp(options: Options): NewApp {
  const { store, move, stored } = setUp(options);
  const sessions = createSessions<User, Data>({ store, keys });

  async function handle(
    url: string,
    header: string | undefined,
    res: ServerResponse,
  ): Promise<void> {
    const exchange = {
      method: "GET",
      url,
      protocol: "http" as const,
      host: "127.0.0.1",
      ip: "127.0.0.1",
      getHeader: (name: string) => (name === "cookie" ? header : undefined),
      appendHeader: (name: string, value: string) => void res.appendHeader(name, value),
    };
    const session = await sessions.open(exchange);
    await move(session, header, (line) => res.appendHeader("Set-Cookie", line));
    if (url === "/leave") await session.logout();
    await session.commit();
    res.end(describe(session));
  }

  const app: RequestListener = (req, res) => {
    handle(req.url ?? "/", req.headers.cookie, res).catch((error) => {
      res.statusCode = 500;
      res.end(String(error));
    });
  };
  return { app, store, stored, sessions: () => sessions.list("ada") };
}
