// One request to a provider: with an end, no redirects, and an answer of a size that it should have.

import { SmsError } from "./sms-service.ts";

export interface PostRequest {
  url: string;
  method?: "POST" | "PUT" | "GET";
  headers?: Readonly<Record<string, string>>;
  /** A form, or the body as it is. */
  body?: URLSearchParams | string;
  timeoutMs: number;
}

const MAX_ANSWER = 65_536;

/**
 * @returns The body of a 2xx answer.
 * @throws {SmsError}
 */
export async function postRequest(request: PostRequest): Promise<string> {
  const { url, method = "POST", headers = {}, body, timeoutMs } = request;
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: "error", // another host must get neither the message nor the credentials
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body }),
    });
    const text = await readAtMost(response, MAX_ANSWER);
    if (response.ok) return text;
    const code =
      response.status === 429 || response.status >= 500 ? "ERR_SMS_UNAVAILABLE" : "ERR_SMS_REFUSED";
    throw new SmsError(code, `the SMS provider answered ${response.status}`);
  } catch (cause) {
    if (cause instanceof SmsError) throw cause;
    throw new SmsError("ERR_SMS_UNAVAILABLE", "the SMS provider did not answer", { cause });
  }
}

async function readAtMost(response: Response, most: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > most) throw new RangeError(`the answer is over ${most} bytes`);
  }
  return text;
}

/** RFC 7617. */
export function basicAuth(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

/** One member of a JSON answer, by its path; `null` when there is none. */
export function memberOf(json: string, ...path: string[]): unknown {
  try {
    let value: unknown = JSON.parse(json);
    for (const name of path) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return null;
      value = Object.entries(value).find(([key]) => key === name)?.[1];
    }
    return value;
  } catch {
    return null;
  }
}

/** @throws {TypeError} Naming the option. */
export function requireText(options: Readonly<Record<string, unknown>>, ...names: string[]): void {
  for (const name of names) {
    if (typeof options[name] !== "string" || options[name] === "") {
      throw new TypeError(`${name} must be a text`);
    }
  }
}

/** @throws {TypeError} Naming the option. */
export function requireUrl(option: string, url: string): void {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new TypeError(`${option} must be an http:// or https:// URL`);
  }
}
