// A failure that no handler waited for is the answer all the same.

import express from "express";
import { act, unawaitedSuite } from "../../adapter-node/test/shared/unawaited-suite.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

unawaitedSuite((store) => {
  const auth = setUp({ store });
  const app = express();
  app.use(auth.session);
  app.use(async (req, res) => {
    await act(req.path, auth.sessionOf(req));
    res.send("done");
  });
  app.use(auth.errors);
  return serve(app);
});
