// Every login method of Latchkey in one Express app: what it takes is in `methods.ts`.

import { latchkey } from "@latchkey/adapter-express";
import type { PageResult } from "@latchkey/example-shared";
import type { Store } from "@latchkey/session-core";
import express, { type Express, type Response } from "express";
import type { LoginEntry } from "./methods.ts";
import { homePage, mailboxPage, type SentMessage } from "./pages.ts";

interface User {
  id: string;
}

export interface AppParts {
  store: Store;
  keys: string[];
  logins: readonly LoginEntry[];
  /** What was sent, the oldest first. */
  sent(): readonly SentMessage[];
}

export function createApp({ store, keys, logins, sent }: AppParts): Express {
  const auth = latchkey<User, Record<string, unknown>>({
    store,
    keys,
    loginUrl: "/",
    pageOptions: { appName: "Latchkey, all logins" },
  });
  const app = express();
  app.disable("x-powered-by");
  app.get("/mailbox", (_req, res) => send(res, mailboxPage(sent())));

  app.use(auth.session);
  const remember = { default: "browser", values: { yes: "30d" } } as const;
  const next = { url: "/" };
  for (const { path, method } of logins) {
    if (method !== null) app.use(path, auth.login(method, { lifetime: remember, next }));
  }
  app.use("/logout", auth.logout({ provider: logins.flatMap(({ provider }) => provider ?? []) }));

  app.get("/", (req, res) => {
    const { user } = auth.sessionOf(req);
    send(res, homePage({ user: user && { ...user }, ways: logins }));
  });
  app.get("/api/me", auth.require(true, { loginUrl: false }), (req, res) => {
    res.json({ user: auth.principalOf(req)?.user });
  });
  app.use(auth.errors);
  return app;
}

function send(res: Response, page: PageResult): void {
  for (const [name, value] of page.headers) res.setHeader(name, value);
  res.send(page.html);
}
