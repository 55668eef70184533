// The steps of the session model that end sessions: they cut a life short from when they begin, and for
// certain from when they are answered.
import type { Sessions } from "@latchkey/session-core";
import type { Holding } from "./session-model-holding.ts";
import type { Ledger, Life } from "./session-model-ledger.ts";
import type { Data, Opened, User } from "./session-model-open.ts";

export async function logOut(
  ledger: Ledger,
  holding: Holding,
  session: Opened["session"],
): Promise<void> {
  const ending = { begun: ledger.mark(), done: null };
  holding.life?.account.endings.push(ending);
  await session.logout();
  Object.assign(ending, { done: ledger.mark() });
  holding.forget();
}

/** Ends the request's own session from outside. */
export async function revoke(
  ledger: Ledger,
  life: Life | null,
  sessions: Sessions<User, Data>,
): Promise<void> {
  if (life === null || life.user === null) return;
  const { endings, id } = life.account;
  const ending = { begun: ledger.mark(), done: null };
  endings.push(ending);
  const done = await sessions.revoke(life.user, id);
  if (done) Object.assign(ending, { done: ledger.mark() });
  else endings.splice(endings.indexOf(ending), 1);
}

export async function revokeAll(
  ledger: Ledger,
  user: string,
  sessions: Sessions<User, Data>,
): Promise<void> {
  const revocation = ledger.revocation(user);
  await sessions.revokeAll(user);
  revocation.done = ledger.mark();
}
