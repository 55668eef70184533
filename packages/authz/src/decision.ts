// What `authorize` answers. Turning it into a redirect, a page or problem+json is the adapter's work.

/** Let them in, ask them to log in, or refuse with reasons that are fit for the visitor. */
export type Decision =
  | { kind: "allow" }
  | { kind: "login" }
  | { kind: "forbid"; reasons: string[] };
