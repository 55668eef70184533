// Passport over express-session; the user is deserialised from a table in memory.

import passport from "passport";
import { countedSession } from "./counted-session.mjs";

const users = new Map([["u1", { id: "u1", name: "Ada Lovelace" }]]);

export function setUp(app, count) {
  const auth = new passport.Passport();
  auth.serializeUser((user, done) => done(null, user.id));
  auth.deserializeUser((id, done) => done(null, users.get(id) ?? false));
  app.use(countedSession(count));
  app.use(auth.session());
  app.post("/enter", (req, res, next) => {
    req.logIn(users.get("u1"), (error) => {
      if (error) return next(error);
      req.session.color = "green";
      res.send("ok");
    });
  });
  app.get("/read", (req, res) => {
    res.send(`${req.user?.id ?? "-"} ${req.session.color ?? "-"}`);
  });
  app.post("/write", (req, res) => {
    req.session.n = (req.session.n ?? 0) + 1;
    res.send(String(req.session.n));
  });
}
