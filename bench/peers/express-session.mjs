// express-session on its MemoryStore, with the two options that its documentation recommends.

import { countedSession } from "./counted-session.mjs";

export function setUp(app, count) {
  app.use(countedSession(count));
  app.post("/enter", (req, res, next) => {
    req.session.regenerate((error) => {
      if (error) return next(error);
      req.session.user = { id: "u1", name: "Ada Lovelace" };
      req.session.color = "green";
      res.send("ok");
    });
  });
  app.get("/read", (req, res) => {
    res.send(`${req.session.user?.id ?? "-"} ${req.session.color ?? "-"}`);
  });
  app.post("/write", (req, res) => {
    req.session.n = (req.session.n ?? 0) + 1;
    res.send(String(req.session.n));
  });
}
