// F7: what a browser may keep of a session with an idle timeout, on node:http and node:http2.

import { describe } from "vitest";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";
import { idleCacheSuite } from "./shared/idle-cache-suite.ts";
import { login } from "./shared/site-parts.ts";

describe.each([1, 2] as const)("HTTP/%i", (version) => {
  idleCacheSuite(() => {
    const auth = setUp();
    const serveLogin = auth.login(login, { idle: "864s" });
    const members = auth.require(true);
    const listener = auth.handle(async (req, res) => {
      if (req.url === "/login") return serveLogin(req, res);
      if (!(await members(req, res))) return;
      switch (req.url) {
        case "/changed":
          auth.sessionOf(req).data["changed"] = true;
          return res.writeHead(200, { Vary: "Accept-Encoding" }).end("changed");
        case "/gone":
          res.statusCode = 410;
          return res.end();
        case "/own":
          return res.writeHead(410, { "Cache-Control": "max-age=5" }).end();
        default:
          return res.end("page");
      }
    });
    return serve(listener, version);
  });
});
