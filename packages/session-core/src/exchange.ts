// What Latchkey sees of a framework: one request, and one plain answer. Adapters make both.

/** One HTTP request and the response that is being built for it. */
export interface Exchange {
  readonly method: string;
  /** Path and query as received, e.g. `/login?next=%2Fmembers`. */
  readonly url: string;
  /** After the framework's own trusted-proxy rule. */
  readonly protocol: "http" | "https";
  /** Host and, unless it is the default one, port. */
  readonly host: string;
  /** The client's address, after the framework's own trusted-proxy rule; IPv4 as `192.0.2.1`. */
  readonly ip: string;
  /** One request header; the name is case-insensitive. */
  getHeader(name: string): string | undefined;
  /** Adds one response header line; keeps those of the same name that are there already. */
  appendHeader(name: string, value: string): void;
}

/** An answer as plain data; the adapter sends it. */
export interface Reply {
  status: number;
  headers: [name: string, value: string][];
  body: string;
}

/** Whoever makes a request, and how they proved it. */
export interface Principal<User = unknown> {
  readonly user: User;
  /** `"session"`, or the name of the authenticator that accepted the credential. */
  readonly via: string;
  /** What the credential may be used for; a session has none and may do all that its user may. */
  readonly scopes: readonly string[];
  /** True after a second factor. */
  readonly mfa: boolean;
  /** True for a machine account. */
  readonly roleAccount: boolean;
}
