// Where to go after a login or logout, without ever becoming an open redirect.

import type { Exchange } from "@latchkey/session-core";
import type { HiddenField } from "./login-method.ts";

export interface NextOptions {
  /** Query parameter and form field that name the page. Default `'next'`; `false` ignores the parameter. */
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
  /** Origins that the form may end up at. */
  readonly formActions: readonly string[];
  /** The wanted page if it is safe, else the fallback. */
  resolve(exchange: Exchange, url: URL, fields: Readonly<Record<string, string>>): string;
  /** The query parameter of a link that leads on to a page; `null` where it can't, or needs none. */
  parameter(next: string): HiddenField | null;
}

interface NextPages {
  /** Where to go when neither the request nor the options say. Default `'/'`. */
  fallback?: string;
  /** Pages that nobody wants to come back to. */
  never?: readonly string[];
}

/** @throws {TypeError} That names the option. */
export function createNextUrl(options: NextOptions = {}, pages: NextPages = {}): NextUrl {
  checkOptions(options);
  const always = options.url !== undefined && !options.query && !options.header;
  const { query = always ? false : "next", header = always ? false : "Referer" } = options;
  const { url: fixed = pages.fallback ?? "/", allow = [] } = options;
  const { never = [] } = pages;
  const field = query === false ? "next" : query;
  return {
    field,
    formActions: URL.canParse(fixed) ? [...allow, new URL(fixed).origin] : allow,
    resolve(exchange, url, fields) {
      const wanted: (string | null | undefined)[] = [];
      // The form carries what the page with it was asked for with, be it a query or a header.
      if (query !== false || header !== false) wanted.push(fields[field]);
      if (query !== false) wanted.push(url.searchParams.get(query));
      if (header !== false) wanted.push(exchange.getHeader(header));
      for (const value of wanted) {
        const safe = value ? safeUrl(value, url, allow) : null;
        if (safe !== null && !never.some((page) => isSamePage(page, safe, url))) return safe;
      }
      return fixed;
    },
    parameter: (next) => (query === false || next === fixed ? null : { name: query, value: next }),
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
  if (url.pathname.startsWith("//") || bare(url.pathname) === bare(base.pathname)) return null;
  return url.pathname + url.search + url.hash;
}

function isSamePage(one: string, other: string, base: URL): boolean {
  const [a, b] = [new URL(one, base), new URL(other, base)];
  return a.host === b.host && bare(a.pathname) === bare(b.pathname);
}

/** Frameworks serve `/login/` as `/login`. */
function bare(path: string): string {
  return path.replace(/\/+$/, "");
}

function checkOptions({ query, header, url, allow = [] }: NextOptions): void {
  if (query === "") throw new TypeError("next.query must be a name, or false");
  // RFC 9110 §5.1.
  if (typeof header === "string" && !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(header)) {
    throw new TypeError("next.header must be the name of a header, or false");
  }
  // It becomes a header itself.
  if (url !== undefined && !(/^[!-~]+$/.test(url) && URL.canParse(url, "http://localhost"))) {
    throw new TypeError("next.url must be a URL in printable ASCII, percent-encoded where need be");
  }
  for (const origin of allow) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new TypeError(`next.allow must hold origins such as 'https://app.example.com'`);
    }
  }
}
