// Logging out at the provider too (RP-initiated logout), and being told by it through the browser
// (front-channel logout).

export interface EndSessionRequest {
  /** The `id_token` of the login, by which the provider knows whom to log out without asking. */
  idToken?: string;
  /** Where it sends the browser afterwards; registered with the provider. */
  postLogoutRedirectUri?: string;
  /** Comes back to that page. */
  state?: string;
  /** Who is logged out, where there is no ID token. */
  logoutHint?: string;
}

/** @see OpenID Connect RP-Initiated Logout 1.0 §2 */
export function endSessionUrl(
  endpoint: URL | null,
  clientId: string,
  request: EndSessionRequest = {},
): URL | null {
  if (endpoint === null) return null;
  const url = new URL(endpoint);
  const { idToken, postLogoutRedirectUri, state, logoutHint } = request;
  const params = {
    client_id: clientId,
    id_token_hint: idToken,
    post_logout_redirect_uri: postLogoutRedirectUri,
    state,
    logout_hint: logoutHint,
  };
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}

/**
 * Whether a front-channel logout is about this session: its page then calls `session.logout()`.
 * Without `iss` and `sid` it is about none, since any site can show that address in a frame.
 *
 * @param user The session's: `iss` and `sid` are among the claims of an OpenID Connect login.
 * @see OpenID Connect Front-Channel Logout 1.0 §2
 */
export function isFrontChannelLogout(
  url: URL,
  user: { readonly iss?: unknown; readonly sid?: unknown } | null,
): boolean {
  const [iss, ...moreIss] = url.searchParams.getAll("iss");
  const [sid, ...moreSid] = url.searchParams.getAll("sid");
  if (!iss || !sid || moreIss.length + moreSid.length > 0) return false;
  return user !== null && user.iss === iss && user.sid === sid;
}
