// F7: what a browser may keep of a session with an idle timeout, on Fastify.

import fastify from "fastify";
import { idleCacheSuite } from "../../adapter-node/test/shared/idle-cache-suite.ts";
import { login } from "../../adapter-node/test/shared/site-parts.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

idleCacheSuite(async () => {
  const auth = setUp();
  const app = fastify();
  await app.register(auth.session);
  app.register(auth.login(login, { idle: "864s" }), { prefix: "/login" });
  const members = { preHandler: auth.require(true) };
  app.route({ url: "/page", method: ["GET", "POST"], ...members, handler: async () => "page" });
  app.get("/changed", members, async (request, reply) => {
    auth.sessionOf(request).data["changed"] = true;
    return reply.header("vary", "Accept-Encoding").send("changed");
  });
  app.get("/gone", members, (_request, reply) => reply.code(410).send());
  app.get("/own", members, (_request, reply) =>
    reply.code(410).header("cache-control", "max-age=5").send(),
  );
  return serve(app);
});
