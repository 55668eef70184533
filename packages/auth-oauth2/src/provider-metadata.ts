// What an OpenID provider says about itself (discovery).

import { type Duration, durationMs } from "@latchkey/session-core";
import { OAuth2Error } from "./oauth2-error.ts";
import { namedUrl } from "./provider-address.ts";
import { createProviderCache } from "./provider-cache.ts";
import { askProvider, jsonObject } from "./provider-request.ts";

export interface ProviderMetadata {
  issuer: string;
  authorizationEndpoint: URL;
  tokenEndpoint: URL;
  jwksUri: URL;
  userInfoEndpoint: URL | null;
  endSessionEndpoint: URL | null;
  /** RFC 9207 §3: every answer has `iss`. */
  sendsIss: boolean;
  /** How the client may prove itself; `null` when not said, which means `client_secret_basic`. */
  tokenAuthMethods: string[] | null;
}

export interface MetadataOptions {
  /** Exactly as the provider spells it. */
  issuer: string;
  /** How old it may get. */
  cacheFor: Duration;
  now: () => number;
}

/** @throws {OAuth2Error} By the promise, when the provider can't be asked or answers for another one. */
export function createMetadataReader(options: MetadataOptions): () => Promise<ProviderMetadata> {
  const { issuer, now } = options;
  const maxAgeMs = durationMs(options.cacheFor, "discovery.cacheFor");
  return createProviderCache(() => discover(issuer), { maxAgeMs, cooldownMs: maxAgeMs, now }).get;
}

/** @see OpenID Connect Discovery 1.0 §4 */
async function discover(issuer: string): Promise<ProviderMetadata> {
  const url = new URL(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  const answer = await askProvider({ url });
  if (answer.status !== 200) {
    throw new OAuth2Error("ERR_PROVIDER_ANSWER", `discovery answers ${answer.status}`);
  }
  const json = jsonObject(answer, "the provider's metadata");
  // §4.3: exactly, or another provider's keys would count for this one.
  if (json["issuer"] !== issuer) {
    throw new OAuth2Error("ERR_PROVIDER_ANSWER", "the metadata is another issuer's");
  }
  const optional = (key: string): URL | null =>
    json[key] === undefined ? null : namedUrl(json[key], key);
  const methods = json["token_endpoint_auth_methods_supported"];
  return {
    issuer,
    authorizationEndpoint: namedUrl(json["authorization_endpoint"], "authorization_endpoint"),
    tokenEndpoint: namedUrl(json["token_endpoint"], "token_endpoint"),
    jwksUri: namedUrl(json["jwks_uri"], "jwks_uri"),
    userInfoEndpoint: optional("userinfo_endpoint"),
    endSessionEndpoint: optional("end_session_endpoint"),
    sendsIss: json["authorization_response_iss_parameter_supported"] === true,
    tokenAuthMethods: Array.isArray(methods) ? methods.map(String) : null,
  };
}
