// What all kinds of older session cookies have in common: where they are, and how to be rid of them.

/** Reads the value of one request cookie; `null` when there is none, or more than one. */
export type ReadCookie = (name: string) => string | null;

/** A session as the old application kept it. */
export interface OldSession {
  /** What the application had put in. */
  readonly data: Record<string, unknown>;
  /** Epoch milliseconds; `null` when the session goes with the browser, or never. */
  readonly expiresAt: number | null;
}

/** A genuine old cookie. */
export interface FoundSession {
  /** Names the session; the same for every spelling of its cookie. */
  readonly key: string;
  /** `null` when it has expired, or is no longer there. */
  load(): Promise<OldSession | null>;
  /** Ends it where it is kept on the server; does nothing where it is only in the cookie. */
  end(): Promise<void>;
}

/** One kind of old cookie, made by `expressSessionCookie` and its siblings. */
export interface OldCookie {
  /** All cookies that belong to it. */
  readonly names: readonly string[];
  /** `null` for cookies that are absent, forged or damaged; nothing is asked of a store for those. */
  find(read: ReadCookie): Promise<FoundSession | null>;
  /** The `Set-Cookie` value that removes one of `names`. */
  clear(name: string): string;
}

export interface OldCookieOptions {
  /** The old cookie's `Path`. Default `'/'`. */
  readonly path?: string;
  /** The old cookie's `Domain`, if it had one. */
  readonly domain?: string;
}

// RFC 6265bis §5.6: no browser keeps a longer one.
const MAX_COOKIE = 4096;

/** The name of a cookie, letters and the like. @throws {TypeError} For one that isn't. */
export function checkedName(name: string): string {
  if (typeof name === "string" && /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/.test(name)) return name;
  throw new TypeError("name must be the name of a cookie");
}

/** @throws {TypeError} That names the option. */
export function cookieRemover(options: OldCookieOptions): (name: string) => string {
  const { path = "/", domain } = options;
  if (!/^\/[\x20-\x3A\x3C-\x7E]{0,500}$/.test(path)) throw new TypeError("path must start with /");
  if (domain !== undefined && !/^\.?[A-Za-z0-9.-]{1,300}$/.test(domain)) {
    throw new TypeError("domain must be a host name");
  }
  const end = `; Path=${path}${domain === undefined ? "" : `; Domain=${domain}`}; Max-Age=0; HttpOnly`;
  // Browsers take such names from https with Secure only, also when it is to remove them.
  return (name) => `${name}=${end}${/^__(host|secure)-/i.test(name) ? "; Secure" : ""}`;
}

export function cookieReader(header: string): ReadCookie {
  const values = new Map<string, string | null>();
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (equals === -1) continue;
    const name = pair.slice(0, equals).trim();
    const value = pair.slice(equals + 1).trim();
    // Of two, one was planted by a neighbouring host or path, and nobody can tell which.
    values.set(name, values.has(name) || value.length > MAX_COOKIE ? null : value);
  }
  return (name) => values.get(name) ?? null;
}

/** `null` for text that isn't percent-encoded UTF-8. */
export function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
