// Logging in with a user name and a password that an LDAP directory checks.

import {
  type LoginMethod,
  type LoginRequest,
  type LoginStep,
  passwordView,
  readPasswordField,
} from "@latchkey/auth-core";
import { askServers } from "./ask-servers.ts";
import { authenticate } from "./authenticate.ts";
import { foldName } from "./fold-name.ts";
import type { LdapLoginOptions } from "./ldap-options.ts";
import { readLdapOptions } from "./ldap-settings.ts";
import type { LdapUser } from "./ldap-user.ts";

/**
 * Logs in against LDAP or Active Directory: directly with the name that was typed, or by searching for
 * the user first.
 *
 * Every login has its own connections, encrypted before anything secret is sent. An unknown user costs a
 * bind like a wrong password and gets the same answer.
 *
 * @throws {TypeError} When an option is wrong.
 * @see RFC 4511, RFC 4513
 * @example
 * const login = ldapLogin({
 *   url: "ldaps://dc1.corp.example",
 *   user: "CORP\\{user}",
 *   search: { base: "dc=corp,dc=example", filter: "(sAMAccountName={user})", user: "CORP\\{sAMAccountName}" },
 * });
 */
export function ldapLogin(options: LdapLoginOptions): LoginMethod<LdapUser> {
  const settings = readLdapOptions(options);
  const { fields, servers, timeoutMs, onError } = settings;
  let underWay = 0;

  return {
    name: options.name ?? "ldap",
    account(request) {
      return request.method === "POST" ? readField(request, fields.user) : null;
    },
    alike: foldName,
    async step(request): Promise<LoginStep<LdapUser>> {
      if (request.method === "GET") return { kind: "show", view: passwordView(fields, null) };
      const user = readField(request, fields.user);
      const password = readField(request, fields.password);
      const view = passwordView(fields, user);
      if (user === null || password === null) {
        return { kind: "rejected", reason: "bad-request", view };
      }
      if (underWay >= settings.concurrency) return { kind: "rejected", reason: "busy", view };
      underWay += 1;
      try {
        const outcome = await askServers(
          { servers, timeoutMs, account: user, onError },
          (server, signal) => authenticate(settings, { server, signal, user, password }),
        );
        if (outcome === null) return { kind: "rejected", reason: "unavailable", view };
        if (outcome.kind === "accepted") return outcome;
        onError(outcome.error);
        return { kind: "rejected", reason: "invalid-credentials", view };
      } finally {
        underWay -= 1;
      }
    },
  };
}

/** Directories that are written in C may stop reading at NUL, so that any tail would do. */
function readField(request: LoginRequest, field: string): string | null {
  const value = readPasswordField(request.fields, field);
  return value?.includes("\0") ? null : value;
}
