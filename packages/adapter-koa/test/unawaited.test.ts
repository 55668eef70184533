// A failure that no handler waited for is the answer all the same.

import { describe } from "vitest";
import { act, unawaitedSuite } from "../../adapter-node/test/shared/unawaited-suite.ts";
import { majors } from "./majors.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

describe.each(majors)("%s", (_name, Koa) => {
  unawaitedSuite((store) => {
    const auth = setUp({ store });
    const app = new Koa();
    app.use(auth.errors);
    app.use(auth.session);
    app.use(async (ctx) => {
      await act(ctx.path, auth.sessionOf(ctx));
      ctx.body = "done";
    });
    return serve(app);
  });
});
