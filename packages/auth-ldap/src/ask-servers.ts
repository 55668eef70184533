// Several servers, in order, within one length of time: each gets its share of what is left.

import type { LdapServer } from "./connection.ts";
import { Failure, LdapLoginError } from "./ldap-login-error.ts";

export interface Asking {
  servers: readonly LdapServer[];
  timeoutMs: number;
  account: string;
  /** Told of every server that gave no answer. */
  onError(error: LdapLoginError): void;
}

/** What the first server that answers makes of it; `null` when none did. */
export async function askServers<T>(
  { servers, timeoutMs, account, onError }: Asking,
  ask: (server: LdapServer, signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const end = performance.now() + timeoutMs;
  for (const [index, server] of servers.entries()) {
    const leftMs = end - performance.now();
    if (leftMs <= 0) break;
    const signal = AbortSignal.timeout(Math.ceil(leftMs / (servers.length - index)));
    try {
      return await ask(server, signal);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const code = signal.aborted && isAway(error.code) ? "ERR_LDAP_TIMEOUT" : error.code;
      const { cause } = error;
      onError(new LdapLoginError(code, { server: server.url, account, cause }));
      if (!isAway(code)) return null; // another server would say the same
    }
  }
  return null;
}

function isAway(code: Failure["code"]): boolean {
  switch (code) {
    case "ERR_LDAP_CONNECT":
    case "ERR_LDAP_TIMEOUT":
    case "ERR_LDAP_TLS":
    case "ERR_LDAP_BUSY":
      return true;
    default:
      return false;
  }
}
