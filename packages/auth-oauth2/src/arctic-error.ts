// What Arctic, or the application's own `fetchUser`, throws, as one of our errors.

import { OAuth2Error } from "./oauth2-error.ts";
import { errorCode } from "./token-request.ts";

/** Told apart by their members: Arctic's classes needn't be loaded for that. */
export function arcticError(error: unknown): OAuth2Error {
  if (!(error instanceof Error)) return unavailable("the provider can't be asked", error);
  // OAuth2RequestError has the provider's own code. It could be anything; so could `description`.
  if ("code" in error && "description" in error) {
    const code = errorCode(error.code);
    const message = `the token endpoint refuses: ${code}`;
    const cause = outline(error, `OAuth request error: ${code}`);
    return new OAuth2Error("ERR_PROVIDER_REFUSED", message, { providerError: code, cause });
  }
  // UnexpectedResponseError, UnexpectedErrorResponseBodyError; `data` of the second may be tokens.
  if ("status" in error && typeof error.status === "number") {
    const message = `the provider answers ${error.status}`;
    const cause = "data" in error ? outline(error, error.message) : error;
    if (error.status >= 500) return unavailable(message, cause);
    return new OAuth2Error("ERR_PROVIDER_ANSWER", message, { cause });
  }
  return unavailable("the provider can't be asked", error);
}

function unavailable(message: string, cause: unknown): OAuth2Error {
  return new OAuth2Error("ERR_PROVIDER_UNAVAILABLE", message, { cause });
}

/** Where it came from, without what the provider said. */
function outline({ name, stack = "" }: Error, message: string): Error {
  const cause = new Error(message);
  cause.name = name;
  const at = stack.indexOf("\n    at ");
  cause.stack = `${name}: ${message}${at === -1 ? "" : stack.slice(at)}`;
  return cause;
}
