// F7: what a browser may keep of a session with an idle timeout, on Hono.

import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { idleCacheSuite } from "../../adapter-node/test/shared/idle-cache-suite.ts";
import { serveServer } from "../../adapter-node/test/shared/serve-server.ts";
import { login } from "../../adapter-node/test/shared/site-parts.ts";
import { setUp } from "./setup.ts";

idleCacheSuite(() => {
  const auth = setUp();
  const app = new Hono();
  app.use(auth.session);
  app.all("/login", auth.login(login, { idle: "864s" }));
  app.use(auth.require(true));
  app.on(["GET", "POST"], "/page", (c) => c.text("page"));
  app.get("/changed", (c) => {
    auth.sessionOf(c).data["changed"] = true;
    return c.text("changed", 200, { vary: "Accept-Encoding" });
  });
  app.get("/gone", (c) => c.body(null, 410));
  app.get("/own", (c) => c.body(null, 410, { "cache-control": "max-age=5" }));
  return serveServer(createServer(getRequestListener(app.fetch)));
});
