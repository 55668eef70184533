// Whose word about the host counts, on Koa.

import { describe } from "vitest";
import { forwardedHostSuite } from "../../adapter-node/test/shared/forwarded-host-suite.ts";
import { majors } from "./majors.ts";
import { at, serve } from "./serve.ts";
import { setUp } from "./setup.ts";

describe.each(majors)("%s", (_name, Koa) => {
  forwardedHostSuite((behindProxy, method) => {
    const auth = setUp();
    const app = new Koa({ proxy: behindProxy, maxIpsCount: 1 });
    app.use(auth.session);
    app.use(at("/host", auth.login(method)));
    return serve(app);
  });
});
