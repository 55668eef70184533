// Whose word about the host counts, on node:http.

import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";
import { forwardedHostSuite } from "./shared/forwarded-host-suite.ts";

forwardedHostSuite((behindProxy, method) => {
  const auth = setUp(behindProxy ? { trustProxy: 1 } : {});
  return serve(auth.handle(auth.login(method)));
});
