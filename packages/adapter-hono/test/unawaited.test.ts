// A failure that no handler waited for is the answer all the same.

import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { serveServer } from "../../adapter-node/test/shared/serve-server.ts";
import { act, unawaitedSuite } from "../../adapter-node/test/shared/unawaited-suite.ts";
import { setUp } from "./setup.ts";

unawaitedSuite((store) => {
  const auth = setUp({ store });
  const app = new Hono();
  app.use(auth.session);
  app.get("*", async (c) => {
    await act(c.req.path, auth.sessionOf(c));
    return c.text("done");
  });
  app.onError(async (error, c) => (await auth.errors(error, c)) ?? c.text(String(error), 500));
  return serveServer(createServer(getRequestListener(app.fetch)));
});
