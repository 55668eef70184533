// The cookies of an application: the session's, and one that ties anonymous forms to a browser.

import { type CookieAttributes, checkCookie, formatCookie, readCookie } from "./cookie.ts";
import type { Exchange } from "./exchange.ts";

export interface CookieOptions {
  /** Default `'sid'`. Two applications on one host need two names. */
  name?: string;
  /** Default `'/'`. */
  path?: string;
  /** Default: this host only. */
  domain?: string;
  /** Default `true`: scripts can't read it. */
  httpOnly?: boolean;
  /** Default `'auto'`: on when the request came by https. */
  secure?: boolean | "auto";
  /** Default `'Lax'`. `'None'` needs `secure: true`. */
  sameSite?: "Lax" | "Strict" | "None";
  /** Default `false`: CHIPS, a cookie jar per embedding site. Needs `secure: true`. */
  partitioned?: boolean;
}

/** Reads and writes one cookie under the name that fits the request. */
export interface ExchangeCookie {
  /** With `__Host-` where the browser can guarantee it. */
  nameFor(exchange: Exchange): string;
  read(exchange: Exchange): string | null;
  /** @param maxAge Seconds; `null` keeps it until the browser closes. */
  write(exchange: Exchange, value: string, maxAge: number | null): void;
  clear(exchange: Exchange): void;
}

/**
 * Checks the options once.
 *
 * @param suffix Added to the name, for a second cookie with the same attributes.
 * @throws {TypeError} That names the option, for values that are wrong or unsafe.
 */
export function createCookie(options: CookieOptions = {}, suffix = ""): ExchangeCookie {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("cookie must be an object of options");
  }
  const { path = "/", domain = null, httpOnly = true, secure = "auto" } = options;
  const { sameSite = "Lax", partitioned = false } = options;
  const name = (options.name ?? "sid") + suffix;
  checkCookie(name, path, domain);
  for (const [option, value] of Object.entries({ httpOnly, partitioned })) {
    if (typeof value !== "boolean") throw new TypeError(`cookie.${option} must be true or false`);
  }
  if (!["Lax", "Strict", "None"].includes(sameSite)) {
    throw new TypeError("cookie.sameSite must be 'Lax', 'Strict' or 'None'");
  }
  if (sameSite === "None" && secure !== true) {
    throw new TypeError("cookie.sameSite 'None' needs cookie.secure true: browsers refuse it else");
  }
  if (partitioned && secure !== true) {
    throw new TypeError("cookie.partitioned needs cookie.secure true");
  }
  if (!["auto", true, false].includes(secure)) {
    throw new TypeError("cookie.secure must be true, false or 'auto'");
  }
  const thisHost = domain === null && path === "/";
  const prefixed = checkPrefix(name, secure === true, thisHost);
  const secureName = thisHost && !prefixed ? `__Host-${name}` : name;
  const isSecure = (exchange: Exchange): boolean =>
    secure === "auto" ? exchange.protocol === "https" : secure;
  const nameFor = (exchange: Exchange): string => (isSecure(exchange) ? secureName : name);

  function write(exchange: Exchange, value: string, maxAge: number | null): void {
    const attributes: CookieAttributes = {
      path,
      domain,
      httpOnly,
      secure: isSecure(exchange),
      sameSite,
      partitioned,
      maxAge,
    };
    exchange.appendHeader("set-cookie", formatCookie(nameFor(exchange), value, attributes));
  }

  return {
    nameFor,
    read: (exchange) => readCookie(exchange.getHeader("cookie"), nameFor(exchange)),
    write,
    clear: (exchange) => write(exchange, "", 0),
  };
}

/**
 * RFC 6265bis §4.1.3: `__Host-` promises a cookie of this very host, for all its paths, sent over
 * TLS; `__Secure-` only the last. Browsers refuse cookies that break their promise.
 */
function checkPrefix(name: string, secure: boolean, thisHost: boolean): boolean {
  if (!name.startsWith("__")) return false;
  const prefix = /^__(Host|Secure)-./i.exec(name)?.[1]?.toLowerCase();
  if (prefix === undefined || !secure) {
    throw new TypeError("cookie.name may begin with __Host- or __Secure- if cookie.secure is true");
  }
  if (prefix === "host" && !thisHost) {
    throw new TypeError("cookie.name with __Host- allows no cookie.domain and only the path '/'");
  }
  return true;
}
