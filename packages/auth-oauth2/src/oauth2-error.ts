// The one error of this package: what went wrong between us and the provider, for the operator.

/**
 * - `ERR_PROVIDER_UNAVAILABLE`: it can't be reached, is too slow, answers 5xx, or has no keys for us.
 * - `ERR_PROVIDER_ANSWER`: it answers something else than the protocol says: HTML, a redirect, too much.
 * - `ERR_PROVIDER_REFUSED`: it says no by an OAuth 2.0 error; `providerError` is its code.
 * - `ERR_ADDRESS_BLOCKED`: an address that a request may not go to: not https, or an internal one.
 * - `ERR_TOKEN_INVALID`: an ID token, a logout token or user information fails a check.
 * - `ERR_NO_TOKENS`: nothing is kept under this id, or nothing that can be refreshed.
 */
export type OAuth2ErrorCode =
  | "ERR_PROVIDER_UNAVAILABLE"
  | "ERR_PROVIDER_ANSWER"
  | "ERR_PROVIDER_REFUSED"
  | "ERR_ADDRESS_BLOCKED"
  | "ERR_TOKEN_INVALID"
  | "ERR_NO_TOKENS";

/** Never says what was in a token, a code or a secret. */
export class OAuth2Error extends Error {
  override readonly name = "OAuth2Error";
  readonly code: OAuth2ErrorCode;
  /** The provider's own code, e.g. `invalid_grant`; `null` for other errors. */
  readonly providerError: string | null;

  constructor(
    code: OAuth2ErrorCode,
    message: string,
    options: ErrorOptions & { providerError?: string } = {},
  ) {
    super(message, options);
    this.code = code;
    this.providerError = options.providerError ?? null;
  }
}
