// The contract of a credential that comes with every request: an API key, a bearer token, Basic.

import type { Exchange } from "@latchkey/session-core";

/** Looks at one request; keeps nothing. */
export interface Authenticator<User> {
  /** Becomes the principal's `via`. */
  readonly name: string;
  authenticate(exchange: Exchange): Promise<Authentication<User>>;
}

export type Authentication<User> =
  /** The request carries no such credential; the next authenticator is asked. */
  | { kind: "absent" }
  | { kind: "accepted"; user: User; scopes?: readonly string[]; roleAccount?: boolean }
  /** It carries one that is wrong. Answered with 401, whatever else the request carries. */
  | { kind: "rejected"; wwwAuthenticate: string };
