// What the visitor is told when nobody could be logged in: never the provider's own words.

import type { LoginRequest, Rejected, RejectReason } from "@latchkey/auth-core";
import { OAuth2Error } from "./oauth2-error.ts";
import { errorCode } from "./token-request.ts";

const messages: Partial<Record<RejectReason, string>> = {
  "bad-request": "The answer to this login could not be trusted. Please begin again.",
  expired: "This login was open for too long or is used up. Please begin again.",
};

export function refused(
  { url }: LoginRequest,
  reason: RejectReason,
  message: string | undefined = messages[reason],
): Rejected {
  const links = [{ label: "Try again", url: url.pathname }];
  return {
    kind: "rejected",
    reason,
    ...(message === undefined ? {} : { message }),
    view: { title: "Log in", fields: [], submit: null, links },
  };
}

/** The provider did not do its part. */
export function faultStep(request: LoginRequest, error: OAuth2Error): Rejected {
  switch (error.code) {
    case "ERR_TOKEN_INVALID":
    case "ERR_ADDRESS_BLOCKED":
      return refused(request, "bad-request");
    case "ERR_PROVIDER_REFUSED":
      return refused(request, error.providerError === "invalid_grant" ? "expired" : "unavailable");
    case "ERR_PROVIDER_ANSWER":
    case "ERR_PROVIDER_UNAVAILABLE":
    case "ERR_NO_TOKENS":
      return refused(request, "unavailable");
  }
}

/** @see RFC 6749 §4.1.2.1, OpenID Connect Core 1.0 §3.1.2.6 */
export function refusedByProvider(
  request: LoginRequest,
  error: string,
  onError: (error: OAuth2Error) => void,
): Rejected {
  switch (error) {
    case "access_denied":
    case "user_cancelled_login": // LinkedIn
    case "user_cancelled_authorize":
      return refused(request, "forbidden", "The login was cancelled, or you may not log in here.");
    case "login_required":
    case "interaction_required":
    case "consent_required":
    case "account_selection_required":
      return refused(request, "forbidden", "Please log in at the provider first.");
    default: {
      const code = errorCode(error);
      const message = `the provider refuses: ${code}`;
      onError(new OAuth2Error("ERR_PROVIDER_REFUSED", message, { providerError: code }));
      return refused(request, "unavailable");
    }
  }
}
