// F7: what a browser may keep of a session with an idle timeout, on the fetch API.

import { fetchClient } from "../../adapter-node/test/shared/fetch-client.ts";
import { idleCacheSuite } from "../../adapter-node/test/shared/idle-cache-suite.ts";
import { login } from "../../adapter-node/test/shared/site-parts.ts";
import { setUp } from "./setup.ts";

idleCacheSuite(async () => {
  const auth = setUp();
  const serveLogin = auth.route(auth.login(login, { idle: "864s" }));
  const page = auth.route((request, { session }) => {
    switch (new URL(request.url).pathname) {
      case "/changed":
        session.data["changed"] = true;
        return new Response("changed", { headers: { vary: "Accept-Encoding" } });
      case "/gone":
        return new Response(null, { status: 410 });
      case "/own":
        return new Response(null, { status: 410, headers: { "cache-control": "max-age=5" } });
      default:
        return new Response("page");
    }
  }, auth.require(true));
  return fetchClient((request) =>
    new URL(request.url).pathname === "/login" ? serveLogin(request) : page(request),
  );
});
