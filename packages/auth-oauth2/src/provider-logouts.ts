// Logouts that the provider reports: by its server (back-channel), or in a frame of its own page
// (front-channel).

import {
  type Accepted,
  createMessageLimit,
  type LoginRequest,
  type LoginStep,
  type MessageLimitOptions,
} from "@latchkey/auth-core";
import { createBackChannel } from "./back-channel.ts";
import { createFrontChannel } from "./front-channel.ts";
import type { IdToken } from "./id-token.ts";
import type { OAuth2Error } from "./oauth2-error.ts";
import type { OidcLoginOptions } from "./oidc-options.ts";
import type { OidcProvider } from "./oidc-provider.ts";
import { createProviderSessions } from "./provider-sessions.ts";
import type { TokenKeeper } from "./token-keeper.ts";

export interface ProviderLogouts {
  /** Whether a login may keep the session that it began. */
  still(
    userId: string,
    idToken: IdToken,
    keep: Readonly<Record<string, unknown>>,
  ): NonNullable<Accepted<never>["still"]>;
  /** Whether a POST is one, and so has no CSRF token of ours. */
  isCallback(request: LoginRequest): boolean;
  /** `null` when the request is something else. */
  step(request: LoginRequest): Promise<LoginStep<never>> | null;
}

interface LogoutParts {
  name: string;
  provider: OidcProvider;
  tokens: TokenKeeper;
  onError: (error: OAuth2Error) => void;
  now: () => number;
}

/** A network ends so many sessions that we don't know of, as long as one of them may be a login's. */
const STRANGERS: MessageLimitOptions = {
  perNetwork: 20,
  perAddress: Infinity,
  perAddressAndNetwork: Infinity,
  within: "10m",
};

/**
 * @returns `null` when the provider is not heard.
 * @throws {TypeError} That names the option.
 */
export function createProviderLogouts(
  { backChannelLogout = false, frontChannelLogout = false, store, issuer }: OidcLoginOptions,
  { name, provider, tokens, onError, now }: LogoutParts,
): ProviderLogouts | null {
  if (!backChannelLogout && !frontChannelLogout) return null;
  if (!store) {
    throw new TypeError(`${backChannelLogout ? "back" : "front"}ChannelLogout needs a store`);
  }
  const sessions = createProviderSessions(store, { name, issuer, tokens, now });
  const { verifier, metadata, toleranceMs } = provider;
  const back = createBackChannel({ name, store, sessions, verifier, onError, now });
  const limit = createMessageLimit(store, `${name}:front-channel`, STRANGERS, now);
  const front = createFrontChannel({
    issuer,
    sessions,
    limit,
    metadata,
    onError,
    toleranceMs,
    now,
  });
  return {
    step: (request) =>
      (backChannelLogout ? back(request) : null) ?? (frontChannelLogout ? front(request) : null),
    isCallback: ({ fields }) => backChannelLogout && "logout_token" in fields,
    still(userId, { sub, sid, iat = 0 }, keep) {
      const known = typeof sid === "string" && sid !== "" ? sid : null;
      const [kept] = Object.values(keep);
      const id = typeof kept === "string" ? kept : null;
      const login = { userId, tokens: id, sub, sid: known, issuedAt: iat };
      return async (session) => (await sessions.begin(login, session)) || "expired";
    },
  };
}
