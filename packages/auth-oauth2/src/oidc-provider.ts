// An OpenID provider as its client sees it: metadata, keys and the checks that go by them.

import { durationMs } from "@latchkey/session-core";
import type { JWTVerifyGetKey } from "jose";
import type { Client } from "./client-options.ts";
import type { OidcLoginOptions } from "./oidc-options.ts";
import { configuredUrl } from "./provider-address.ts";
import { createProviderKeys } from "./provider-keys.ts";
import { createMetadataReader, type ProviderMetadata } from "./provider-metadata.ts";
import { checkAlgorithms, DEFAULT_ALGORITHMS, type TokenVerifier } from "./signed-token.ts";
import type { ClientAuth, TokenEndpoint } from "./token-request.ts";

export interface OidcProvider {
  /** Milliseconds that its clock and ours may differ. */
  toleranceMs: number;
  metadata(): Promise<ProviderMetadata>;
  tokenEndpoint(): Promise<TokenEndpoint>;
  verifier(): Promise<TokenVerifier>;
  /** Whether an address that the metadata names must not be internal. */
  isForeign(url: URL): boolean;
}

/** @throws {TypeError} That names the option. */
export function createOidcProvider(options: OidcLoginOptions, client: Client): OidcProvider {
  const { issuer, algorithms = DEFAULT_ALGORITHMS, discovery = {} } = options;
  const { clockTolerance = "30s" } = options;
  const { cacheFor = "1h", trustedOrigins = [] } = discovery;
  const { clientId, clientSecret, now } = client;
  const issuerUrl = configuredUrl(issuer, "issuer");
  if (issuerUrl.search !== "") throw new TypeError("issuer must have no query");
  const origins = trustedOrigins.map(
    (url) => configuredUrl(url, "discovery.trustedOrigins").origin,
  );
  const trusted = new Set([issuerUrl.origin, ...origins]);
  const secret = checkAlgorithms(algorithms, clientSecret);
  const toleranceMs = durationMs(clockTolerance, "clockTolerance");
  if (toleranceMs > 60_000) throw new TypeError("clockTolerance must be at most '1m'");
  const metadata = createMetadataReader({ issuer, cacheFor, now });
  const isForeign = (url: URL): boolean => !trusted.has(url.origin);
  let keys: { uri: string; get: JWTVerifyGetKey } | null = null;

  function keysAt(uri: URL): JWTVerifyGetKey {
    if (keys?.uri === uri.href) return keys.get;
    const get = createProviderKeys(uri, { publicOnly: isForeign(uri), now });
    keys = { uri: uri.href, get };
    return get;
  }

  return {
    metadata,
    isForeign,
    toleranceMs,
    async tokenEndpoint() {
      const { tokenEndpoint: url, tokenAuthMethods } = await metadata();
      const auth = options.clientAuth ?? authFor(client, tokenAuthMethods);
      return { url, auth, clientId, clientSecret, now, publicOnly: isForeign(url) };
    },
    async verifier() {
      const { jwksUri } = await metadata();
      const get = keysAt(jwksUri);
      return { issuer, clientId, algorithms, keys: get, secret, toleranceMs, now };
    },
  };
}

/** OpenID Connect Discovery 1.0 §3: `client_secret_basic` where nothing is said. */
function authFor({ auth }: Client, methods: readonly string[] | null): ClientAuth {
  if (auth !== "basic" || methods === null || methods.includes("client_secret_basic")) return auth;
  return methods.includes("client_secret_post") ? "post" : auth;
}
