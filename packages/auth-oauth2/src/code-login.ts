// A login by authorization code, the same for every provider: send the browser away with a state
// that only this browser can bring back once, and make a user of what it brings.

import type { LoginMethod, LoginRequest, LoginStep } from "@latchkey/auth-core";
import { readAnswer } from "./authorization-answer.ts";
import { OAuth2Error } from "./oauth2-error.ts";
import type { OAuth2User } from "./oauth2-user.ts";
import { randomToken } from "./pkce.ts";
import { faultStep, refused, refusedByProvider } from "./refusal.ts";

/** What one login needs to know when the browser comes back. */
export interface CodeJourney {
  state: string;
  codeVerifier: string;
  nonce: string;
  redirectUri: string;
}

/** A provider, as the login sees it. */
export interface CodeProvider {
  name: string;
  /** Where the provider sends the browser back to; `null`: where it came from. */
  redirectUri: string | null;
  /** The provider answers by a form that the browser posts. */
  formPost: boolean;
  /** `iss` of its answers; `required` when all of them have it (RFC 9207). */
  issuer(): Promise<{ iss: string; required: boolean } | null>;
  /** Where to send the browser. */
  begin(journey: CodeJourney, request: LoginRequest): Promise<URL>;
  finish(code: string, journey: CodeJourney): Promise<LoginStep<OAuth2User>>;
  /** Requests to the login URL that are no login: logouts that the provider reports. */
  other?: {
    isCallback(request: LoginRequest): boolean;
    step(request: LoginRequest): Promise<LoginStep<OAuth2User>> | null;
  };
  onError: (error: OAuth2Error) => void;
}

export function codeLogin(provider: CodeProvider): LoginMethod<OAuth2User> {
  const { name, onError } = provider;

  return {
    name,
    // Nobody can guess here: the provider counts failures.
    account: () => null,
    isCallback: (request) =>
      request.method === "POST" &&
      (provider.other?.isCallback(request) === true ||
        (provider.formPost && "state" in request.fields)),
    async step(request) {
      try {
        return await (provider.other?.step(request) ?? answerOf(request));
      } catch (error) {
        // A fault of the store is not the provider's.
        if (!(error instanceof OAuth2Error)) throw error;
        onError(error);
        return faultStep(request, error);
      }
    },
  };

  async function answerOf(request: LoginRequest): Promise<LoginStep<OAuth2User>> {
    const answer = readAnswer(request);
    if (answer.kind === "none") return begin(request);
    // A code in an address is in logs and histories, so a provider that posts doesn't send it there.
    const isWrongWay = provider.formPost !== (request.method === "POST");
    if (answer.kind === "malformed" || isWrongWay) return refused(request, "bad-request");
    const recalled = await request.recall(answer.state);
    const journey = recalled === null ? null : readJourney(answer.state, recalled);
    if (journey === null) return refused(request, "expired");
    const expected = await provider.issuer();
    if (expected !== null && answer.iss !== expected.iss) {
      if (answer.iss !== null || expected.required) {
        onError(new OAuth2Error("ERR_PROVIDER_ANSWER", "an answer is another issuer's"));
        return refused(request, "bad-request");
      }
    }
    if (answer.kind === "error") return refusedByProvider(request, answer.error, onError);
    return provider.finish(answer.code, journey);
  }

  async function begin(request: LoginRequest): Promise<LoginStep<OAuth2User>> {
    const { origin, pathname } = request.url;
    const journey: CodeJourney = {
      state: randomToken(),
      codeVerifier: randomToken(),
      nonce: randomToken(),
      redirectUri: provider.redirectUri ?? origin + pathname,
    };
    const to = await provider.begin(journey, request);
    const { state, ...value } = journey;
    return { kind: "redirect", to: to.href, remember: { key: state, value } };
  }
}

function readJourney(state: string, value: Record<string, unknown>): CodeJourney | null {
  const { codeVerifier, nonce, redirectUri } = value;
  if (typeof codeVerifier !== "string" || typeof nonce !== "string") return null;
  if (typeof redirectUri !== "string") return null;
  return { state, codeVerifier, nonce, redirectUri };
}
