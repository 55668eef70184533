// Who asks: the part of session-core's `Principal` that rules may look at, repeated here so that
// this package depends on nothing. A `Principal` is a `Subject` as it is.

/** Whoever makes a request, and how they proved it. */
export interface Subject<User = unknown> extends Proof {
  readonly user: User;
}

/** How they proved it, whatever the type of the user is. */
export interface Proof {
  /** `"session"`, or the name of the authenticator that accepted the credential. */
  readonly via: string;
  /** What the credential may be used for; a session has none and may do all that its user may. */
  readonly scopes: readonly string[];
  /** True after a second factor. */
  readonly mfa: boolean;
  /** True for a machine account. */
  readonly roleAccount: boolean;
}
