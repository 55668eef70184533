// Whose word about the host counts, on Express.

import express from "express";
import { forwardedHostSuite } from "../../adapter-node/test/shared/forwarded-host-suite.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

forwardedHostSuite((behindProxy, method) => {
  const auth = setUp();
  const app = express();
  app.set("trust proxy", behindProxy ? 1 : false);
  app.use(auth.session);
  app.use("/host", auth.login(method));
  return serve(app);
});
