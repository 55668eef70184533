// Reading and writing one cookie (RFC 6265bis), strictly.

import { SessionError } from "./session-error.ts";

export interface CookieAttributes {
  path: string;
  domain: string | null;
  httpOnly: boolean;
  secure: boolean;
  sameSite: "Lax" | "Strict" | "None";
  partitioned: boolean;
  /** Seconds; 0 removes the cookie, `null` keeps it until the browser closes. */
  maxAge: number | null;
}

// RFC 6265bis §5.6: browsers drop a longer one without a word.
const MAX_NAME_AND_VALUE = 4096;
const MAX_ATTRIBUTE = 1024;
// RFC 9110 §5.6.2 token; RFC 6265bis §4.1.1 cookie-octet.
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const octets = /^[\x21\x23-\x2B\x2D-\x3A\x3C-\x5B\x5D-\x7E]*$/;
const attribute = /^[\x20-\x3A\x3C-\x7E]*$/;

/**
 * The value of the cookie with this name; `null` when there is none, and also when there are two:
 * one of them was planted by a neighbouring host or path, and nobody can tell which.
 */
export function readCookie(header: string | undefined, name: string): string | null {
  if (header === undefined) return null;
  let found: string | null = null;
  let start = 0;
  while (start < header.length) {
    let end = header.indexOf(";", start);
    if (end === -1) end = header.length;
    while (header[start] === " " || header[start] === "\t") start++;
    if (header.startsWith(name, start) && header[start + name.length] === "=") {
      if (found !== null) return null;
      found = header.slice(start + name.length + 1, end).trim();
    }
    start = end + 1;
  }
  return found;
}

/**
 * A `Set-Cookie` value. Every part must have been checked by {@link checkCookie} at start.
 *
 * @throws {SessionError} `ERR_COOKIE_TOO_LARGE` when name and value exceed 4,096 characters.
 */
export function formatCookie(name: string, value: string, attributes: CookieAttributes): string {
  if (!octets.test(value)) throw new TypeError("a cookie's value must be cookie octets only");
  if (name.length + value.length > MAX_NAME_AND_VALUE) {
    throw new SessionError(
      "ERR_COOKIE_TOO_LARGE",
      `cookie ${name} has ${name.length + value.length} characters; browsers keep ${MAX_NAME_AND_VALUE}`,
    );
  }
  const { path, domain, maxAge } = attributes;
  let text = `${name}=${value}; Path=${path}`;
  if (domain !== null) text += `; Domain=${domain}`;
  if (maxAge !== null) text += `; Max-Age=${maxAge}`;
  if (attributes.httpOnly) text += "; HttpOnly";
  if (attributes.secure) text += "; Secure";
  text += `; SameSite=${attributes.sameSite}`;
  if (attributes.partitioned) text += "; Partitioned";
  return text;
}

/** @throws {TypeError} When a name, path or domain could break out of its place in the header. */
export function checkCookie(name: string, path: string, domain: string | null): void {
  if (typeof name !== "string" || !token.test(name) || name.length > MAX_ATTRIBUTE) {
    throw new TypeError("cookie.name must be letters, digits and -_.!#$%&'*+^`|~ only");
  }
  if (typeof path !== "string" || !path.startsWith("/") || !fits(path)) {
    throw new TypeError("cookie.path must start with / and hold no ; or control character");
  }
  if (domain !== null && (!/^\.?[A-Za-z0-9.-]+$/.test(domain) || !fits(domain))) {
    throw new TypeError("cookie.domain must be a host name");
  }
}

function fits(value: string): boolean {
  return attribute.test(value) && value.length <= MAX_ATTRIBUTE;
}
