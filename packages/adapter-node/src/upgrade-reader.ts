// Who opens a WebSocket: the session of an `upgrade` request, which has no response to commit with.

import type { IncomingMessage } from "node:http";
import { createClientReader, RequestState, type TrustProxy } from "@latchkey/auth-core";
import type { Principal, Session, Sessions } from "@latchkey/session-core";
import { HttpExchange } from "./http-exchange.ts";

export interface UpgradeReaderOptions {
  /** More sites whose pages may connect, e.g. `https://app.example.com`. Default: the server's own only. */
  origins?: readonly string[];
  /** The proxies whose `X-Forwarded-*` headers count. Default: none. */
  trustProxy?: TrustProxy;
}

/** Whoever opens a WebSocket. */
export interface Upgrade<User extends { id: string }, Data extends object> {
  /** As it is now. Nothing is stored unless `save` or `update` is called, and no cookie is ever set. */
  readonly session: Session<User, Data>;
  /** `null` when nobody is logged in. */
  readonly principal: Principal<User> | null;
}

/**
 * Makes a reader of `upgrade` requests, for every adapter on Node.
 *
 * Browsers send cookies with the WebSockets of any site, and ask no permission first (RFC 6455
 * §10.2): so a page of another site is refused by its `Origin`. Programs send none.
 *
 * @returns Reads one request; `null` for a page of another site. Rejects with the `StoreError` when
 * the store fails. To be called again with the same request whenever it matters whether that session
 * still holds.
 * @throws {TypeError} That names the option.
 */
export function createUpgradeReader<User extends { id: string }, Data extends object>(
  sessions: Sessions<User, Data>,
  options: UpgradeReaderOptions = {},
): (req: IncomingMessage) => Promise<Upgrade<User, Data> | null> {
  const readClient = createClientReader(options.trustProxy);
  const others = new Set((options.origins ?? []).map(checkOrigin));

  return async (req) => {
    const exchange = new HttpExchange(req, readClient);
    const { origin } = req.headers;
    if (origin !== undefined && !others.has(origin) && !isOwn(origin, exchange)) return null;
    const session = await sessions.open(exchange);
    session.sealHead(); // No cookie can follow: a session that would need one can't begin here.
    return { session, principal: new RequestState(exchange, session).principal };
  };
}

/** A page of https may connect where we believe in http: some proxy ends TLS unknown to us. */
function isOwn(origin: string, { protocol, host }: HttpExchange): boolean {
  if (!URL.canParse(origin) || !URL.canParse(`${protocol}://${host}`)) return false;
  const page = new URL(origin);
  if (page.protocol !== "https:" && page.protocol !== `${protocol}:`) return false;
  // The browser leaves out the default port of its own scheme.
  return page.host === new URL(`${page.protocol}//${host}`).host;
}

function checkOrigin(origin: string): string {
  if (URL.canParse(origin) && new URL(origin).origin === origin) return origin;
  throw new TypeError(`origins must be like https://app.example.com, not '${origin}'`);
}
