// cookie-session: the data in a signed cookie, not encrypted.

import cookieSession from "cookie-session";
import { secret } from "./secret.mjs";

export function setUp(app, { nextUser }) {
  app.use(cookieSession({ name: "session", keys: [secret], maxAge: 24 * 60 * 60 * 1000 }));
  app.post("/enter", (req, res) => {
    req.session = { user: nextUser(), color: "green" };
    res.send("ok");
  });
  app.get("/read", (req, res) => {
    res.send(`${req.session.user?.id ?? "-"} ${req.session.color ?? "-"}`);
  });
  app.post("/write", (req, res) => {
    req.session.n = (req.session.n ?? 0) + 1;
    res.send(String(req.session.n));
  });
}
