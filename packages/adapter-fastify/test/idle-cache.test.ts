// F7: what a browser may keep of a session with an idle timeout, on Fastify.

import { Readable } from "node:stream";
import fastify from "fastify";
import { idleCacheSuite } from "../../adapter-node/test/shared/idle-cache-suite.ts";
import { login } from "../../adapter-node/test/shared/site-parts.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

const more = {
  "/hijacked": "page",
  "/hijacked-error": "error",
  "/written": "page",
  "/streamed": "page",
  "/thrown": "error",
} as const;

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
  for (const path of ["/hijacked", "/hijacked-error"]) {
    app.get(path, members, (_request, reply) => {
      reply.hijack();
      const { "cache-control": said = "" } = reply.getHeaders();
      reply.raw.statusCode = path === "/hijacked" ? 200 : 410;
      reply.raw.setHeader("cache-control", said);
      reply.raw.setHeader("vary", "Accept-Encoding");
      reply.raw.end("by hand");
    });
  }
  app.get("/written", members, (_request, reply) => {
    reply.hijack();
    const head = [...Object.entries(reply.getHeaders()), ["Vary", "Accept-Encoding"]];
    reply.raw.writeHead(200, Object.fromEntries(head.filter(([name]) => name !== "vary")));
    reply.raw.end("by hand");
  });
  app.get("/streamed", members, (_request, reply) =>
    reply.header("vary", "Accept-Encoding").send(Readable.from(["page"])),
  );
  app.setErrorHandler((_error, _request, reply) =>
    reply.code(404).send("of the application's own"),
  );
  app.get("/thrown", members, () => {
    throw new Error("own");
  });
  return serve(app);
}, more);
