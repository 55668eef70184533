// The token endpoint: a code or a refresh token in, tokens out.

import { OAuth2Error } from "./oauth2-error.ts";
import { askProvider, jsonObject, type ProviderAnswer } from "./provider-request.ts";

/** How the client proves itself: `Authorization: Basic`, in the body, or not (a public client). */
export type ClientAuth = "basic" | "post" | "none";

export interface TokenEndpoint {
  url: URL;
  clientId: string;
  clientSecret: string | null;
  auth: ClientAuth;
  headers?: Readonly<Record<string, string>>;
  /** More body parameters; none of them replaces one of the grant's own. */
  body?: Readonly<Record<string, string>>;
  /** The address is the provider's word. */
  publicOnly?: boolean;
  now?: () => number;
}

/** What the provider said, names and all, but with the expiry as a moment. JSON. */
export interface TokenSet {
  access_token: string;
  /** Epoch milliseconds; `null` when the provider does not say. */
  expires_at: number | null;
  refresh_token?: string;
  id_token?: string;
  scope?: string;
  [name: string]: unknown;
}

/**
 * @param grant E.g. `{ grant_type: "authorization_code", code, redirect_uri, code_verifier }`.
 * @throws {OAuth2Error} `ERR_PROVIDER_REFUSED` with the provider's code, and what `askProvider` throws.
 * @see RFC 6749 §4.1.3, §5, §6
 */
export async function requestTokens(
  endpoint: TokenEndpoint,
  grant: Readonly<Record<string, string>>,
): Promise<TokenSet> {
  const { url, auth, clientId, clientSecret, publicOnly = false, now = Date.now } = endpoint;
  const body = new URLSearchParams({ ...endpoint.body, ...grant });
  const headers: Record<string, string> = {
    ...endpoint.headers,
    "content-type": "application/x-www-form-urlencoded",
  };
  if (auth === "basic") headers["authorization"] = basic(clientId, clientSecret ?? "");
  else body.set("client_id", clientId);
  if (auth === "post") body.set("client_secret", clientSecret ?? "");
  const answer = await askProvider({
    url,
    method: "POST",
    headers,
    body: body.toString(),
    publicOnly,
  });
  return readTokens(answer, now());
}

/** RFC 6749 §2.3.1: both are form-encoded first. */
function basic(id: string, secret: string): string {
  const encode = (text: string): string => new URLSearchParams([["", text]]).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString("base64")}`;
}

function readTokens(answer: ProviderAnswer, now: number): TokenSet {
  const tokens = jsonObject(answer, "the token endpoint's answer");
  const { error } = tokens;
  // Some, GitHub among them, say 200 to that.
  if (answer.status >= 400 || error !== undefined) {
    const code = errorCode(error);
    const message = `the token endpoint refuses: ${code}`;
    throw new OAuth2Error("ERR_PROVIDER_REFUSED", message, { providerError: code });
  }
  return tokenSet(tokens, now);
}

/** @throws {OAuth2Error} `ERR_PROVIDER_ANSWER` for what is no bearer token. */
export function tokenSet(tokens: Readonly<Record<string, unknown>>, now: number): TokenSet {
  const { access_token, token_type, refresh_token, id_token, scope } = tokens;
  const { expires, expires_in = expires, ...rest } = tokens; // Stack Exchange says `expires`
  if (
    typeof access_token !== "string" ||
    access_token === "" ||
    /[^\x21-\x7e]/.test(access_token)
  ) {
    throw new OAuth2Error("ERR_PROVIDER_ANSWER", "the token endpoint gives no access token");
  }
  if (token_type !== undefined && String(token_type).toLowerCase() !== "bearer") {
    throw new OAuth2Error("ERR_PROVIDER_ANSWER", "the access token is no bearer token");
  }
  for (const [name, value] of Object.entries({ refresh_token, id_token, scope })) {
    if (value === undefined || typeof value === "string") continue;
    throw new OAuth2Error("ERR_PROVIDER_ANSWER", `the token endpoint's ${name} is not text`);
  }
  const seconds = Number(expires_in ?? Number.NaN);
  return { ...rest, access_token, expires_at: seconds > 0 ? now + seconds * 1_000 : null };
}

/** A code as RFC 6749 §5.2 allows it; anything else could be a secret that was echoed. */
export function errorCode(value: unknown): string {
  return typeof value === "string" && /^[a-z0-9_.-]{1,64}$/i.test(value) ? value : "unknown_error";
}
