// Asks a provider's API who the access token belongs to.

import { OAuth2Error } from "./oauth2-error.ts";
import { askProvider, jsonObject } from "./provider-request.ts";

/** `{access_token}` in the url's query, in headers and in the body is replaced. */
export interface UserInfoRequest {
  url: string;
  method: "GET" | "POST";
  headers: Readonly<Record<string, string>>;
  /** Sent as a form. */
  body?: Readonly<Record<string, string>>;
  /** Where in the answer the user is: `"data"`, `"items.0"`. Default: all of it. */
  at?: string;
  publicOnly?: boolean;
}

/** @throws {OAuth2Error} */
export async function requestUserInfo(
  request: UserInfoRequest,
  accessToken: string,
): Promise<Record<string, unknown>> {
  const { method, body, at = "", publicOnly = false } = request;
  const fill = (text: string): string => text.replaceAll("{access_token}", () => accessToken);
  const fillAll = (values: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fill(value)]));
  const url = new URL(request.url.replaceAll("{access_token}", encodeURIComponent(accessToken)));
  const headers = fillAll(request.headers);
  if (body !== undefined) headers["content-type"] = "application/x-www-form-urlencoded";
  const answer = await askProvider({
    url,
    method,
    headers,
    publicOnly,
    ...(body === undefined ? {} : { body: new URLSearchParams(fillAll(body)).toString() }),
  });
  if (answer.status !== 200) {
    const message = `the user information endpoint answers ${answer.status}`;
    throw new OAuth2Error("ERR_PROVIDER_ANSWER", message);
  }
  const info = jsonObject(answer, "the user information");
  if (at === "") return info;
  let found: unknown = info;
  for (const key of at.split(".")) found = childOf(found, key);
  if (typeof found !== "object" || found === null || Array.isArray(found)) {
    throw new OAuth2Error("ERR_PROVIDER_ANSWER", `the user information has no ${at}`);
  }
  return { ...found };
}

function childOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}
