// One browser with a session of its own: its connection, its cookies, and what it asks for in each
// scenario. It checks every answer, so that nothing is measured that does not work.

import { Connection } from "./connection.ts";
import { CookieJar, forged, garbage } from "./cookie-jar.ts";

export const scenarios = ["anonymous", "read", "write", "forged", "stale", "garbage"] as const;
export type Scenario = (typeof scenarios)[number];

export const loginRequest: string = requestText("POST", "/enter", null);

export class Visitor {
  readonly #connection: Connection;
  readonly #jar = new CookieJar();
  /** What is read; a subject that keeps nothing says the same to everyone. */
  #known = "";
  readonly #keeps: boolean;
  #requests = { anonymous: "", read: "", stale: "", write: "" };
  #inventions = 0;
  #writes = 0;

  private constructor(connection: Connection, keeps: boolean) {
    this.#connection = connection;
    this.#keeps = keeps;
  }

  /**
   * Opens a connection and logs in.
   *
   * @param keeps Whether the subject has sessions at all.
   */
  static async enter(port: number, keeps: boolean): Promise<Visitor> {
    const visitor = new Visitor(await Connection.open(port), keeps);
    const entered = await visitor.#connection.exchange(loginRequest);
    visitor.#take(entered.head);
    const { body } = await visitor.#connection.exchange(visitor.#requests.read);
    if (!/^\w+ green$/.test(body)) throw new Error(`not logged in: ${entered.head}\n${body}`);
    visitor.#known = body;
    return visitor;
  }

  async visit(scenario: Scenario): Promise<void> {
    const { status, head, body } = await this.#connection.exchange(this.#request(scenario));
    if (scenario === "write") {
      this.#writes += 1;
      this.#take(head);
    }
    if (status !== 200 || (this.#keeps && body !== this.#expected(scenario))) {
      throw new Error(`${scenario}: unexpected answer ${status} ${body.slice(0, 200)}`);
    }
  }

  leave(): void {
    this.#connection.close();
  }

  #request(scenario: Scenario): string {
    if (scenario === "forged") {
      return requestText("GET", "/read", forged(this.#jar.header, ++this.#inventions));
    }
    if (scenario === "garbage") {
      return requestText("GET", "/read", garbage(this.#jar.header, ++this.#inventions));
    }
    return this.#requests[scenario];
  }

  /** Sends what a response sets from now on. */
  #take(head: string): void {
    if (!this.#jar.take(head) && this.#requests.read !== "") return;
    const cookie = this.#jar.header;
    this.#requests = {
      anonymous: requestText("GET", "/read", null),
      read: requestText("GET", "/read", cookie),
      stale: requestText("GET", "/read", forged(cookie, 0)),
      write: requestText("POST", "/write", cookie),
    };
  }

  #expected(scenario: Scenario): string {
    switch (scenario) {
      case "anonymous":
      case "stale":
      case "forged":
      case "garbage":
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
