// A failure that no handler waited for is the answer all the same.

import { fetchClient } from "../../adapter-node/test/shared/fetch-client.ts";
import { act, unawaitedSuite } from "../../adapter-node/test/shared/unawaited-suite.ts";
import { setUp } from "./setup.ts";

unawaitedSuite(async (store) => {
  const auth = setUp({ store });
  return fetchClient((request) =>
    auth.handle(request, async ({ session }) => {
      await act(new URL(request.url).pathname, session);
      return new Response("done");
    }),
  );
});
