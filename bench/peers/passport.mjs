// Passport over express-session on its MemoryStore; the user is deserialised from a table in memory.

import passport from "passport";
import { memorySession } from "./express-session.mjs";

export function setUp(app, context) {
  const users = new Map();
  const auth = new passport.Passport();
  auth.serializeUser((user, done) => done(null, user.id));
  auth.deserializeUser((id, done) => done(null, users.get(id) ?? false));
  app.use(memorySession(context));
  app.use(auth.session());
  app.post("/enter", (req, res, next) => {
    const user = context.nextUser();
    users.set(user.id, user);
    req.logIn(user, (error) => {
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
