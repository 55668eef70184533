// For a session that could not be opened: nothing waits for it, but its error page has none of the
// handler's cookies, either.

import { copyHeaders, putBackCookies } from "./head-before.ts";
import type { Hold } from "./hold-response.ts";
import type { ResponseLike } from "./node-types.ts";

/** To be called before the handler. */
export function holdNothing(res: ResponseLike): Hold {
  const headers = copyHeaders(res);
  return {
    stage: () => (res.headersSent ? "sent" : "open"),
    afterwards: (call) => call(),
    drop: () => putBackCookies(res, headers),
    openPage() {},
  };
}
