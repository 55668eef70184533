// The options that every login by a provider has.

import { safeOnError } from "@latchkey/auth-core";
import type { Store } from "@latchkey/session-core";
import type { OAuth2Error } from "./oauth2-error.ts";
import { configuredUrl } from "./provider-address.ts";
import type { ClientAuth } from "./token-request.ts";

export interface ClientOptions {
  clientId: string;
  /** Leave out for a public client. */
  clientSecret?: string;
  /** How the client proves itself. Default: `basic` with a secret (OIDC: what the provider takes). */
  clientAuth?: ClientAuth;
  /** Where the provider sends the browser back to. Default: the login URL itself. */
  redirectUri?: string;
  /** Key of the session's data under which the tokens are. Default: they are not kept. */
  sessionKey?: string;
  /** Keeps the tokens in records of their own; the session's data has their id. */
  store?: Store;
  /** Origins that `tokens.fetch` may send the access token to. Default: that of the user information. */
  apiOrigins?: readonly string[];
  /**
   * Told why a login failed for another reason than the visitor's. May fail itself: that is printed.
   * Default: a warning of the process.
   */
  onError?: (error: OAuth2Error) => void;
  now?: () => number;
}

export interface Client {
  clientId: string;
  clientSecret: string | null;
  auth: ClientAuth;
  redirectUri: string | null;
  onError: (error: OAuth2Error) => void;
  now: () => number;
}

/** @throws {TypeError} That names the option. */
export function readClient(options: ClientOptions): Client {
  const { clientId, clientSecret = null, redirectUri = null, now = Date.now } = options;
  const { clientAuth = clientSecret === null ? "none" : "basic" } = options;
  if (typeof clientId !== "string" || clientId === "") {
    throw new TypeError("clientId must be the id that the provider gave this application");
  }
  if (clientSecret !== null && (typeof clientSecret !== "string" || clientSecret === "")) {
    throw new TypeError("clientSecret must be text; leave it out for a public client");
  }
  if (!["basic", "post", "none"].includes(clientAuth)) {
    throw new TypeError("clientAuth must be 'basic', 'post' or 'none'");
  }
  if (clientAuth !== "none" && clientSecret === null) {
    throw new TypeError(`clientAuth '${clientAuth}' needs a clientSecret`);
  }
  if (options.sessionKey === "") throw new TypeError("sessionKey must not be empty");
  if (redirectUri !== null) configuredUrl(redirectUri, "redirectUri");
  const onError = readOnError(options);
  return { clientId, clientSecret, auth: clientAuth, redirectUri, onError, now };
}

/** The application's or the default; never throws, and leaves no rejection unhandled. */
export function readOnError({
  onError = warn,
}: Pick<ClientOptions, "onError">): (error: OAuth2Error) => void {
  return (error) => safeOnError(() => onError(error))(error);
}

function warn(error: OAuth2Error): void {
  process.emitWarning(`${error.code}: ${error.message}`, "LatchkeyOAuth2Warning");
}
