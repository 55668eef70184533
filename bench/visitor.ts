// One browser with a session of its own: its connection, its cookie, and what it asks for in each
// scenario. It checks every answer, so that nothing is measured that does not work.

import { type Answer, Connection } from "./connection.ts";

export const scenarios = ["anonymous", "read", "stale", "forged", "write"] as const;
export type Scenario = (typeof scenarios)[number];

export class Visitor {
  readonly #connection: Connection;
  readonly #requests: Record<Exclude<Scenario, "forged">, string>;
  readonly #cookie: string;
  #forgeries = 0;
  /** What is read; a subject that keeps nothing says the same to everyone. */
  readonly #known: string;
  readonly #keeps: boolean;
  #writes = 0;

  private constructor(connection: Connection, cookie: string, known: string, keeps: boolean) {
    this.#connection = connection;
    this.#known = known;
    this.#keeps = keeps;
    this.#cookie = cookie;
    this.#requests = {
      anonymous: requestText("GET", "/read", null),
      read: requestText("GET", "/read", cookie),
      stale: requestText("GET", "/read", forge(cookie, 0)),
      write: requestText("POST", "/write", cookie),
    };
  }

  /** @param keeps Whether the subject has sessions at all. */
  static async enter(port: number, keeps: boolean): Promise<Visitor> {
    const connection = await Connection.open(port);
    const entered = await connection.exchange(requestText("POST", "/enter", null));
    const lines = [...entered.head.matchAll(/\r\nset-cookie: ([^;\r]+)/gi)];
    const cookie = lines.map(([, pair]) => pair).join("; ");
    const { body } = await connection.exchange(requestText("GET", "/read", cookie));
    if (!/^\w+ green$/.test(body)) throw new Error(`not logged in: ${entered.head}\n${body}`);
    return new Visitor(connection, cookie, body, keeps);
  }

  async visit(scenario: Scenario): Promise<void> {
    const request = scenario === "forged" ? this.#forge() : this.#requests[scenario];
    const { status, body } = await this.#connection.exchange(request);
    if (scenario === "write") this.#writes += 1;
    if (status !== 200 || (this.#keeps && body !== this.#expected(scenario))) {
      throw new Error(`${scenario}: unexpected answer ${status} ${body.slice(0, 200)}`);
    }
  }

  /** Another signature each time. */
  #forge(): string {
    this.#forgeries += 1;
    return requestText("GET", "/read", forge(this.#cookie, this.#forgeries));
  }

  leave(): void {
    this.#connection.close();
  }

  #expected(scenario: Scenario): Answer["body"] {
    switch (scenario) {
      case "anonymous":
      case "stale":
      case "forged":
        return "- -";
      case "read":
        return this.#known;
      case "write":
        return String(this.#writes);
    }
  }
}

function requestText(method: "GET" | "POST", path: string, cookie: string | null): string {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept: text/html,application/xhtml+xml",
    "Accept-Language: en",
  ];
  if (method === "POST") lines.push("Content-Length: 0");
  if (cookie !== null) lines.push(`Cookie: ${cookie}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** The same cookies with some characters of their signatures changed. */
function forge(cookie: string, number: number): string {
  const letters = [...String(number).padStart(8, "0")].map((digit) => "abcdefghij"[Number(digit)]);
  const pairs = cookie.split("; ").map((pair) => {
    const start = pair.indexOf("=") + 1;
    const value = decodeURIComponent(pair.slice(start));
    const place = value.lastIndexOf(".") + 1;
    const wrong = value[place] === "A" ? "B" : "A";
    const forged = value.slice(0, place) + wrong + letters.join("") + value.slice(place + 9);
    const encoded = value !== pair.slice(start);
    return pair.slice(0, start) + (encoded ? encodeURIComponent(forged) : forged);
  });
  return pairs.join("; ");
}
