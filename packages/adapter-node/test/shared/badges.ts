// Credentials that come with a request: a header with a badge, of which only gold ones are good.

import type { Authenticator } from "@latchkey/auth-core";
import type { User } from "./site-parts.ts";

export const badges: Authenticator<User> = {
  name: "badge",
  async authenticate(exchange) {
    const badge = exchange.getHeader("X-Badge");
    if (badge === undefined) return { kind: "absent" };
    if (badge !== "gold") return { kind: "rejected", wwwAuthenticate: 'Badge realm="x"' };
    return { kind: "accepted", user: { id: "robot" }, scopes: ["read"], roleAccount: true };
  },
};
