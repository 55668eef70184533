// A visitor's cookies, and what others would make of them.

export class CookieJar {
  readonly #values = new Map<string, string>();

  /** Keeps what a response sets. @returns Whether it sets anything. */
  take(head: string): boolean {
    let any = false;
    for (const [, name = "", value = ""] of head.matchAll(
      /\r\nset-cookie: ([^=;\r]+)=([^;\r]*)/gi,
    )) {
      this.#values.set(name, value);
      any = true;
    }
    return any;
  }

  get header(): string {
    return [...this.#values].map(([name, value]) => `${name}=${value}`).join("; ");
  }
}

/** The same cookies with some characters of their signatures changed. */
export function forged(cookie: string, number: number): string {
  return withValues(cookie, (text) => {
    const value = decodeURIComponent(text);
    const place = Math.max(...[".", "*", ";"].map((sign) => value.lastIndexOf(sign))) + 1;
    const wrong = value[place] === "A" ? "B" : "A";
    const changed = value.slice(0, place) + wrong + letters(number) + value.slice(place + 9);
    return value === text ? changed : encodeURIComponent(changed);
  });
}

/** The same names with values that nobody ever set. */
export function garbage(cookie: string, number: number): string {
  return withValues(cookie, () => `garbage-${letters(number)}`);
}

function withValues(cookie: string, change: (value: string) => string): string {
  const pairs = cookie.split("; ").map((pair) => {
    const start = pair.indexOf("=") + 1;
    return pair.slice(0, start) + change(pair.slice(start));
  });
  return pairs.join("; ");
}

function letters(number: number): string {
  const digits = [...String(number).padStart(8, "0")];
  return digits.map((digit) => "abcdefghij"[Number(digit)]).join("");
}
