// The question that all three vendors are asked in the same way: is this token genuine?

import type { CaptchaClient } from "./captcha.ts";

interface Question {
  url: string;
  secret: string;
  token: string;
  client: CaptchaClient;
  hostnames: readonly string[] | undefined;
  /** Fields that only this vendor knows. */
  more?: Record<string, string>;
}

const TIMEOUT_MS = 3_000;

/** What the vendors say when not the visitor is at fault, but the set-up or the vendor itself. */
const OUR_FAULT =
  /^(?:(?:missing|invalid)-input-secret|invalid-keys|(?:invalid|missing)-sitekey|sitekey-secret-mismatch|bad-request|internal-error)$/;

/**
 * Asks the vendor about a token.
 *
 * @returns What the vendor says; `null` when the token is wrong, used up, or another host's.
 * @throws {Error} When there is no answer within three seconds, or none that makes sense.
 */
export async function siteVerify(
  question: Question,
): Promise<Readonly<Record<string, unknown>> | null> {
  const { url, secret, token, client, hostnames, more = {} } = question;
  const response = await fetch(url, {
    method: "POST",
    body: new URLSearchParams({ secret, response: token, remoteip: client.ip, ...more }),
    // Holds for the body, too.
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: "error",
  });
  if (!response.ok) throw new Error(`captcha: ${new URL(url).host} answered ${response.status}`);
  const answer: unknown = await response.json();
  if (!isObject(answer)) throw new Error("captcha: the answer is no object");
  const codes = Array.isArray(answer["error-codes"]) ? answer["error-codes"] : [];
  const fault = codes.find((code) => typeof code === "string" && OUR_FAULT.test(code));
  if (fault !== undefined) throw new Error(`captcha: the vendor says ${fault}`);
  if (answer["success"] !== true) return null;
  if (hostnames === undefined) return answer;
  const { hostname } = answer;
  return typeof hostname === "string" && hostnames.includes(hostname) ? answer : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
