// A program that uses an example app's API: logs in, writes to its session, looks who it is.

import { type Answer, Browser } from "@latchkey/testing";

export interface Account {
  user: string;
  password: string;
}

/** What a cookie can see. */
export interface View {
  user: string | null;
  data: Record<string, unknown>;
  csrfToken: string;
}

export interface Write {
  key: string;
  value: unknown;
  /** A pause between reading the session and writing it. */
  delayMs?: number;
  /** Default: the browser's own. */
  cookie?: string;
}

export class Visitor {
  readonly browser: Browser;
  #csrfToken = "";

  constructor(url: string) {
    this.browser = new Browser(url, { headers: { accept: "application/json" } });
  }

  /** @returns The `Cookie` header from then on. */
  async logIn(account: Account): Promise<string> {
    const answer = await this.tryLogIn(account);
    if (answer.status !== 200) throw new Error(`login: ${answer.status} ${answer.text}`);
    this.#csrfToken = (await this.look()).csrfToken;
    return this.browser.jar.header();
  }

  tryLogIn({ user, password }: Account): Promise<Answer> {
    return this.browser.sendJson("POST", "/login", { user, password });
  }

  logOut(): Promise<Answer> {
    return this.browser.sendJson("POST", "/logout", {}, { "x-csrf-token": this.#csrfToken });
  }

  /** The same browser, at another process. It keeps its cookie when this one logs out. */
  at(url: string): Visitor {
    const other = new Visitor(url);
    for (const [name, value] of Object.entries(this.browser.jar.all())) {
      other.browser.jar.set(name, value);
    }
    other.#csrfToken = this.#csrfToken;
    return other;
  }

  /** What this cookie can see. @param cookie Default: the browser's own. */
  async look(cookie?: string): Promise<View> {
    const options = cookie === undefined ? {} : { cookie };
    const me = await this.browser.send("GET", "/api/me", options);
    const session = await this.browser.send("GET", "/api/session", options);
    if (session.status !== 200) throw new Error(`/api/session: ${session.status} ${session.text}`);
    const { data, csrfToken } = record(session.json());
    const user = me.status === 200 ? String(record(record(me.json())["user"])["id"]) : null;
    return { user, data: record(data), csrfToken: String(csrfToken) };
  }

  put({ key, value, delayMs = 0, cookie }: Write): Promise<Answer> {
    return this.browser.send("PUT", `/api/session/data/${key}?delay=${delayMs}`, {
      headers: { "content-type": "application/json", "x-csrf-token": this.#csrfToken },
      body: JSON.stringify(value),
      ...(cookie === undefined ? {} : { cookie }),
    });
  }

  increment(key: string, delayMs = 0): Promise<Answer> {
    const path = `/api/session/data/${key}/increment?delay=${delayMs}`;
    return this.browser.send("POST", path, { headers: { "x-csrf-token": this.#csrfToken } });
  }

  close(): void {
    this.browser.close();
  }
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw new Error(`not an object: ${value}`);
  return Object.fromEntries(Object.entries(value));
}
