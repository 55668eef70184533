// Logging out at the provider too: RP-initiated logout.

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
    if (value !== undefined && value !== "") url.searchParams.set(name, value);
  }
  return url;
}
