// F7: what a browser may keep of a session with an idle timeout, on Express.

import express from "express";
import { idleCacheSuite } from "../../adapter-node/test/shared/idle-cache-suite.ts";
import { login } from "../../adapter-node/test/shared/site-parts.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

idleCacheSuite(() => {
  const auth = setUp();
  const app = express();
  app.use(auth.session);
  app.use("/login", auth.login(login, { idle: "864s" }));
  app.use(auth.require(true));
  app.all("/page", auth.require(true), (_req, res) => void res.send("page"));
  app.get("/changed", (req, res) => {
    auth.sessionOf(req).data["changed"] = true;
    res.vary("Accept-Encoding").send("changed");
  });
  app.get("/gone", (_req, res) => void res.writeHead(410).end());
  app.get("/own", (_req, res) => void res.writeHead(410, { "Cache-Control": "max-age=5" }).end());
  return serve(app);
});
