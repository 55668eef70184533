// A failure that no handler waited for is the answer all the same.

import fastify from "fastify";
import { act, unawaitedSuite } from "../../adapter-node/test/shared/unawaited-suite.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

unawaitedSuite(async (store) => {
  const auth = setUp({ store });
  const app = fastify();
  await app.register(auth.session);
  app.setErrorHandler(auth.errors);
  app.get("/*", async (request) => {
    await act(request.url, auth.sessionOf(request));
    return "done";
  });
  return serve(app);
});
