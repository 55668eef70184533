// Every login method, as an application would set it up.

import type { LoginMethod, LogoutProvider } from "@latchkey/auth-core";
import { dbLogin } from "@latchkey/auth-db";
import { ldapLogin } from "@latchkey/auth-ldap";
import { oidcLogin } from "@latchkey/auth-oauth2";
import { emailCodeLogin, httpSms, smsCodeLogin } from "@latchkey/auth-otp";
import { simpleLogin } from "@latchkey/auth-simple";
import { smtpMailer } from "@latchkey/mail";
import type { Store } from "@latchkey/session-core";
import type { Table } from "@latchkey/table";
import type { Neighbours } from "./neighbours.ts";
import type { Way } from "./pages.ts";

/** A way to log in, and its method; `null` where its server is missing. */
export interface LoginEntry extends Way {
  method: LoginMethod<{ id: string }> | null;
  /** Where a logout goes on. */
  provider?: LogoutProvider;
}

export interface MethodParts {
  /** Where this app is, for links in mails. */
  origin: string;
  store: Store;
  users: Table;
  neighbours: Neighbours;
}

/**
 * Nobody gets a user's id of one login by another: here anybody may sign up as `alice`, whom the directory has, too. So ids
 * begin with where they are from, but for names of the configuration, addresses (`@`) and numbers (`+`).
 */
export function loginEntries({ origin, store, users, neighbours }: MethodParts): LoginEntry[] {
  const { mailbox, gateway, provider, directory } = neighbours;
  const mailer = smtpMailer(mailbox.url, { from: "Latchkey example <app@example.com>" });
  const url = (name: string): string => `${origin}/login/${name}`;
  const company = oidcLogin({
    name: "provider",
    issuer: provider.issuer,
    clientId: provider.clientId,
    clientSecret: provider.clientSecret,
    id: ({ sub }) => `provider:${sub}`,
    store,
    backChannelLogout: true,
  });

  return [
    {
      path: "/login/simple",
      label: "Name and password from the configuration",
      hint: "alpha, password alpha",
      missing: null,
      method: simpleLogin({ credentials: { alpha: { password: "alpha", role: "admin" } } }),
    },
    {
      path: "/login/password",
      label: "Name and password from a table",
      hint: "sign up first, or forget your password: both come to the mailbox",
      missing: null,
      method: dbLogin({
        table: users,
        id: { prefix: "site:" },
        store,
        mailer,
        url: url("password"),
        forgot: {},
        signup: {},
      }),
    },
    {
      path: "/login/email",
      label: "A code by e-mail",
      hint: "any address; the code comes to the mailbox",
      missing: null,
      method: emailCodeLogin({ store, mailer, url: url("email") }),
    },
    {
      path: "/login/sms",
      label: "A code by SMS",
      hint: "any number such as +44 20 7946 0000; the code comes to the mailbox, too",
      missing: null,
      method: smsCodeLogin({ store, service: httpSms({ url: gateway.url }) }),
    },
    {
      path: "/login/directory",
      label: "The organisation’s directory (LDAP)",
      hint: "alice, password wonderland",
      ...ifThere(directory, ({ address, ca, people }) =>
        ldapLogin({
          url: address,
          tls: { ca },
          user: `uid={user},${people}`,
          search: { base: people, filter: "(uid={user})", user: "directory:{uid}" },
        }),
      ),
    },
    {
      path: "/login/provider",
      label: "Single sign-on (OpenID Connect)",
      hint: "carol, password lighthouse, at the provider",
      missing: null,
      method: company,
      provider: company,
    },
  ];
}

function ifThere<Server extends object>(
  server: Server | { missing: string },
  make: (server: Server) => LoginMethod<{ id: string }>,
): Pick<LoginEntry, "missing" | "method"> {
  if ("missing" in server) return { missing: server.missing, method: null };
  return { missing: null, method: make(server) };
}
