// Front-channel logout: the provider's page shows the login URL in a frame, with `iss` and `sid`, and
// the sessions here that this one session of the provider began end. Our cookies don't travel into
// that frame, so it goes by `sid` alone, which nobody else knows.

import type { LoginRequest, LoginStep, MessageLimit } from "@latchkey/auth-core";
import type { Reply } from "@latchkey/session-core";
import { OAuth2Error } from "./oauth2-error.ts";
import type { ProviderMetadata } from "./provider-metadata.ts";
import type { ProviderSessions } from "./provider-sessions.ts";

interface FrontChannelParts {
  issuer: string;
  sessions: ProviderSessions;
  /** How many logouts of sessions that began nothing here are noted. */
  limit: MessageLimit;
  metadata(): Promise<ProviderMetadata>;
  onError: (error: OAuth2Error) => void;
  /** Milliseconds that clocks may differ. */
  toleranceMs: number;
  now: () => number;
}

const LONGEST = 512;

/**
 * Answers requests with `iss` and `sid`; `null` when the request is something else.
 *
 * @see OpenID Connect Front-Channel Logout 1.0 §2
 */
export function createFrontChannel(
  parts: FrontChannelParts,
): (request: LoginRequest) => Promise<LoginStep<never>> | null {
  const { issuer, sessions, limit, metadata, onError, toleranceMs, now } = parts;

  async function logout({ url, exchange }: LoginRequest): Promise<LoginStep<never>> {
    const [iss, sid] = [url.searchParams.getAll("iss"), url.searchParams.getAll("sid")];
    const [id = ""] = sid;
    const isOurs = iss.length === 1 && iss[0] === issuer;
    if (!isOurs || sid.length !== 1 || id === "" || id.length > LONGEST) {
      onError(new OAuth2Error("ERR_PROVIDER_ANSWER", "a front-channel logout is another issuer's"));
      return { kind: "reply", reply: framed(400, "Not logged out.", await origins()) };
    }
    // It doesn't say when: what our clock says counts, and by how much the provider's may be ahead.
    const until = Math.floor((now() + toleranceMs) / 1_000);
    // It may be of a login that is under way, or made up by anybody: nothing here is signed.
    const mayMark = (): Promise<boolean> => limit.allows(issuer, exchange.ip);
    const endSessions = await sessions.endSid(id, until, mayMark);
    const reply = async (): Promise<Reply> => {
      await sessions.forget(endSessions);
      return framed(200, "Logged out.", await origins());
    };
    return { kind: "reply", reply, endSessions };
  }

  /** Whose pages may show it: the provider's, by its name and where it logs people out. */
  async function origins(): Promise<string[]> {
    const end = await metadata().then(
      ({ endSessionEndpoint }) => endSessionEndpoint,
      () => null,
    );
    const urls = end === null ? [new URL(issuer)] : [new URL(issuer), end];
    return [...new Set(urls.map(({ origin }) => origin))];
  }

  return (request) => {
    const { method, url } = request;
    // The answer to a login has an `iss` as well: RFC 9207.
    const isAnswer = ["state", "code", "error"].some((name) => url.searchParams.has(name));
    if (method !== "GET" || isAnswer || !url.searchParams.has("sid")) return null;
    return logout(request);
  };
}

function framed(status: number, text: string, origins: readonly string[]): Reply {
  return {
    status,
    headers: [
      ["content-type", "text/html; charset=utf-8"],
      ["cache-control", "no-store"],
      ["content-security-policy", `default-src 'none'; frame-ancestors ${origins.join(" ")}`],
      ["x-content-type-options", "nosniff"],
      ["referrer-policy", "no-referrer"],
    ],
    body: `<!doctype html><html lang="en"><title>${text}</title><p>${text}</p></html>`,
  };
}
