// Whose word about the host counts, on Fastify.

import fastify from "fastify";
import { forwardedHostSuite } from "../../adapter-node/test/shared/forwarded-host-suite.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

forwardedHostSuite(async (behindProxy, method) => {
  const auth = setUp();
  const app = fastify({ trustProxy: behindProxy ? "loopback" : false });
  await app.register(auth.session);
  app.register(auth.login(method), { prefix: "/host" });
  return serve(app);
});
