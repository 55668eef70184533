// Commits the session before the Response goes out; one that can't be stored doesn't go out.

import type { RequestState } from "@latchkey/auth-core";
import type { WebExchange } from "./web-exchange.ts";

/**
 * @returns The response with its cookies.
 * @throws What storing failed with; the response is cancelled then.
 */
export async function commitResponse<User extends { id: string }, Data extends object>(
  { opened, exchange }: RequestState<User, Data, WebExchange>,
  response: Response,
): Promise<Response> {
  try {
    if (opened !== null && dirty(opened)) await opened.commit();
  } catch (error) {
    response.body?.cancel().catch(() => {}); // It may be in use elsewhere.
    throw error;
  } finally {
    opened?.sealHead();
  }
  return exchange.dress(response);
}

/** A value that can't be written counts as changed; the commit then says why. */
function dirty(session: { needsCommit(): boolean }): boolean {
  try {
    return session.needsCommit();
  } catch {
    return true;
  }
}
