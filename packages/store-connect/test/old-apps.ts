// Applications as they were before: `/login` logs in Ada, `/me` says who is logged in.

import type { RequestListener } from "node:http";
import express from "express";
import session, { type SessionOptions, type Store } from "express-session";
import { getIronSession, type SessionOptions as IronOptions } from "iron-session";

export const secret = "the secret of the old application";

export function expressApp(store: Store, options: Partial<SessionOptions> = {}): RequestListener {
  const app = express();
  const common = { secret, resave: false, saveUninitialized: false };
  app.use(session({ ...common, cookie: { maxAge: 3_600_000 }, ...options, store }));
  app.get("/login", (req, res) => {
    Object.assign(req.session, { userId: "ada", cart: ["tea"] });
    res.send("welcome");
  });
  app.get("/visit", (req, res) => {
    Object.assign(req.session, { cart: ["milk"] });
    res.send("hello");
  });
  app.get("/me", (req, res) => void res.send(Reflect.get(req.session, "userId") ?? "nobody"));
  return app;
}

export const ironPassword = "a password of the old application, 32+";
export const ironName = "old-app";

export function ironApp(options: Partial<IronOptions> = {}): RequestListener {
  const settings: IronOptions = {
    password: ironPassword,
    cookieName: ironName,
    cookieOptions: { secure: false },
    ...options,
  };
  return async (req, res) => {
    const old = await getIronSession<{ userId?: string; cart?: string[] }>(req, res, settings);
    if (req.url?.startsWith("/login")) {
      old.userId = "ada";
      old.cart = req.url.endsWith("big") ? Array(400).fill("tea and more") : ["tea"];
      await old.save();
    }
    res.end(old.userId ?? "nobody");
  };
}
