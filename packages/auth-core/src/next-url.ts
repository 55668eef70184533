// Where to go after a login or logout, without ever becoming an open redirect.

import type { Exchange } from "@latchkey/session-core";

export interface NextOptions {
  /** Query parameter and form field that name the page. Default `'next'`; `false` ignores it. */
  query?: string | false;
  /** Request header that names it. Default `'Referer'`; `false` ignores it. */
  header?: string | false;
  /** Where to go when nothing else is said; alone, always. Default `'/'`. */
  url?: string;
  /** Other origins that may be gone to, e.g. `['https://app.example.com']`. */
  allow?: readonly string[];
}

export interface NextUrl {
  /** Name of the hidden form field. */
  readonly field: string;
  readonly allow: readonly string[];
  /** The wanted page if it is safe, else the fallback. */
  resolve(exchange: Exchange, url: URL, fields: Readonly<Record<string, string>>): string;
}

/** @throws {TypeError} When an option is no name, or an allowed origin is none. */
export function createNextUrl(options: NextOptions = {}, fallback = "/"): NextUrl {
  const always = options.url !== undefined && !options.query && !options.header;
  const { query = always ? false : "next", header = always ? false : "Referer" } = options;
  const { url: fixed = fallback, allow = [] } = options;
  for (const origin of allow) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new TypeError(`next.allow must hold origins such as 'https://app.example.com'`);
    }
  }
  return {
    field: query === false ? "next" : query,
    allow,
    resolve(exchange, url, fields) {
      const wanted: (string | null | undefined)[] = [];
      if (query !== false) wanted.push(fields[query], url.searchParams.get(query));
      if (header !== false) wanted.push(exchange.getHeader(header));
      for (const value of wanted) {
        const safe = value ? safeUrl(value, url, allow) : null;
        if (safe !== null) return safe;
      }
      return fixed;
    },
  };
}

/**
 * A URL that stays on this host (then without scheme and host) or goes to an allowed origin; `null`
 * for everything else, and for the page `base` itself.
 */
export function safeUrl(value: string, base: URL, allow: readonly string[] = []): string | null {
  // Printable ASCII but no backslash: browsers take one for a slash, and drop tabs and line ends.
  if (value.length > 2_048 || !/^[!-[\]-~]+$/.test(value) || !URL.canParse(value, base.href)) {
    return null;
  }
  const url = new URL(value, base);
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  if (url.username !== "" || url.password !== "") return null;
  if (url.host !== base.host) return allow.includes(url.origin) ? url.href : null;
  // `/.//evil.example` is on this host until it is printed without it.
  if (url.pathname.startsWith("//") || url.pathname === base.pathname) return null;
  return url.pathname + url.search + url.hash;
}
