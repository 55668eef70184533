// A failure that no handler waited for is the answer all the same.

import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";
import { act, unawaitedSuite } from "./shared/unawaited-suite.ts";

unawaitedSuite((store) => {
  const auth = setUp({ store });
  const listener = auth.handle(async (req, res) => {
    await act(req.url ?? "", auth.sessionOf(req));
    res.end("done");
  });
  return serve(listener);
});
