// The cookies of one browser at one origin (RFC 6265bis, as far as one origin needs it).

export interface CookieJar {
  /** The value of a cookie that has not expired. */
  get(name: string): string | null;
  set(name: string, value: string): void;
  clear(): void;
  /** The cookies by name. */
  all(): Record<string, string>;
  /** For the `Cookie` header; empty when there are none. */
  header(): string;
  /** Takes in one `Set-Cookie` line. */
  take(line: string): void;
}

/** One `Set-Cookie` line, taken apart. */
export interface SetCookie {
  name: string;
  value: string;
  /** By lower-case name; flags such as `httponly` are empty text. */
  attributes: Record<string, string>;
}

export function parseSetCookie(line: string): SetCookie {
  const [pair = "", ...rest] = line.split(";");
  const [name, value] = split(pair);
  const attributes: Record<string, string> = {};
  for (const part of rest) {
    const [key, text] = split(part);
    attributes[key.toLowerCase()] = text;
  }
  return { name, value, attributes };
}

export function createCookieJar(): CookieJar {
  const cookies = new Map<string, { value: string; expiresAt: number }>();

  function live(): [name: string, value: string][] {
    for (const [name, { expiresAt }] of cookies) if (expiresAt <= Date.now()) cookies.delete(name);
    return [...cookies].map(([name, { value }]) => [name, value]);
  }

  return {
    get: (name) => live().find(([known]) => known === name)?.[1] ?? null,
    set: (name, value) => void cookies.set(name, { value, expiresAt: Number.POSITIVE_INFINITY }),
    clear: () => cookies.clear(),
    all: () => Object.fromEntries(live()),
    header: () =>
      live()
        .map((pair) => pair.join("="))
        .join("; "),
    take(line) {
      const { name, value, attributes } = parseSetCookie(line);
      cookies.set(name, { value, expiresAt: expiryOf(attributes) });
    },
  };
}

function expiryOf(attributes: Record<string, string>): number {
  const maxAge = attributes["max-age"];
  if (maxAge !== undefined) return Date.now() + Number(maxAge) * 1_000;
  const expires = attributes["expires"];
  return expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires);
}

function split(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return at === -1 ? [pair.trim(), ""] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}
