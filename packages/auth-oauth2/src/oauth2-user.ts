// The user that a login by a provider yields.

import { OAuth2Error } from "./oauth2-error.ts";

/** What the provider says about the user, and `id`. */
export interface OAuth2User {
  id: string;
  [attribute: string]: unknown;
}

/** Which attribute names the user, or how it is made from all of them. */
export type UserId = string | ((attributes: Readonly<Record<string, unknown>>) => string | null);

/** @throws {OAuth2Error} `ERR_PROVIDER_ANSWER` when the attribute is no text or whole number. */
export function userOf(attributes: Readonly<Record<string, unknown>>, id: UserId): OAuth2User {
  const value = typeof id === "function" ? id(attributes) : attributes[id];
  // A larger number has lost its last digits: it would be several users' id.
  const text = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== "string" || text === "" || text.length > 512) {
    const name = typeof id === "function" ? "id" : id;
    throw new OAuth2Error("ERR_PROVIDER_ANSWER", `the user information has no ${name}`);
  }
  return { ...attributes, id: text };
}

/**
 * Whether the provider stands by what names the user: anybody can give somebody else's address where
 * nobody looks whether it is theirs.
 */
export function mayName(attributes: Readonly<Record<string, unknown>>, id: UserId): boolean {
  return id !== "email" || attributes["email_verified"] === true;
}

/** @throws {TypeError} That names the option. */
export function checkUserId(id: unknown, option: string): void {
  if (typeof id === "function" || (typeof id === "string" && id !== "")) return;
  throw new TypeError(`${option} must be the name of an attribute, or a function`);
}
