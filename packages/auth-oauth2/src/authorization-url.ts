// The address that a login sends the browser to.

import { codeChallenge } from "./pkce.ts";

export interface AuthorizationRequest {
  /** The authorization endpoint; a query that it has stays. */
  endpoint: URL;
  clientId: string;
  redirectUri: string;
  scope: readonly string[];
  state: string;
  codeVerifier: string;
  /** OpenID Connect only. */
  nonce?: string;
  /** More parameters; none of them replaces one of the above. */
  params?: Readonly<Record<string, string>>;
}

/** What a login decides itself: extra parameters can't take it away. */
const RESERVED: ReadonlySet<string> = new Set([
  "response_type",
  "client_id",
  "redirect_uri",
  "state",
  "nonce",
  "code_challenge",
  "code_challenge_method",
  "request",
  "request_uri",
]);

/** @see RFC 6749 §4.1.1, RFC 7636 §4.3 */
export function authorizationUrl(request: AuthorizationRequest): URL {
  const { endpoint, clientId, redirectUri, scope, state, codeVerifier } = request;
  const { nonce, params = {} } = request;
  const url = new URL(endpoint);
  const own = {
    ...Object.fromEntries(Object.entries(params).filter(([name]) => !RESERVED.has(name))),
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    ...(scope.length === 0 ? {} : { scope: scope.join(" ") }),
    state,
    code_challenge: codeChallenge(codeVerifier),
    code_challenge_method: "S256",
    ...(nonce === undefined ? {} : { nonce }),
  };
  for (const [name, value] of Object.entries(own)) url.searchParams.set(name, value);
  return url;
}

/** @throws {TypeError} For a parameter that is not the application's to set. */
export function checkExtraParams(params: Readonly<Record<string, unknown>>, option: string): void {
  for (const [name, value] of Object.entries(params)) {
    if (RESERVED.has(name)) throw new TypeError(`${option} can't set ${name}`);
    if (typeof value !== "string") throw new TypeError(`${option}.${name} must be a string`);
  }
}
