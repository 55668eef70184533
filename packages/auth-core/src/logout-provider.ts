// Logging out at an identity provider too: what the logout flow asks of it.

/** Where a logout goes on; a login by OpenID Connect (`oidcLogin`) is one. */
export interface LogoutProvider<User extends { id: string } = { id: string }> {
  /**
   * Where to send the browser; `null` for a session that is none of the provider's. Asked once the
   * session here is over, and by the page that asks; after a second nobody waits for it.
   */
  logoutUrl(logout: LogoutInfo<User>): Promise<URL | null>;
  /** Told after that: what was kept for the session can go. */
  loggedOut?(logout: LogoutInfo<User>): Promise<unknown>;
}

/** The logout that goes on elsewhere. */
export interface LogoutInfo<User extends { id: string } = { id: string }> {
  /** Who was logged in. */
  user: User;
  /** The session's data as it was. */
  data: Readonly<Record<string, unknown>>;
  /** This logout's own address without its query: the browser may come back to it. */
  url: string;
  /** The page to end up at, if it comes back as `state`; `""` for none. */
  next: string;
}
