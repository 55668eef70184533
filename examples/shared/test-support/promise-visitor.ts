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
  delayMs?: number;
}

export class Visitor {
  readonly browser: Browser;
  #csrfToken = "";

  constructor(url: string) {
    this.browser = new Browser(url, { headers: { accept: "application/json" } });
  }

  async logIn(account: Account): Promise<void> {
    const answer = await this.tryLogIn(account);
    if (answer.status !== 200) throw new Error(`login: ${answer.status} ${answer.text}`);
    this.#csrfToken = (await this.look()).csrfToken;
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

  async look(): Promise<View> {
    const me = await this.browser.get("/api/me");
    const session = await this.browser.get("/api/session");
    if (session.status !== 200) throw new Error(`/api/session: ${session.status} ${session.text}`);
    const { data, csrfToken } = record(session.json());
    const user = me.status === 200 ? String(record(record(me.json())["user"])["id"]) : null;
    return { user, data: record(data), csrfToken: String(csrfToken) };
  }

  /** Sets one key after a pause. */
  put({ key, value, delayMs = 0 }: Write): Promise<Answer> {
    return this.browser.send("PUT", `/api/session/data/${key}?delay=${delayMs}`, {
      headers: { "content-type": "application/json", "x-csrf-token": this.#csrfToken },
      body: JSON.stringify(value),
    });
  }

  increment(key: string): Promise<Answer> {
    const headers = { "x-csrf-token": this.#csrfToken };
    return this.browser.send("POST", `/api/session/data/${key}/increment`, { headers });
  }

  close(): void {
    this.browser.close();
  }
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw new Error(`not an object: ${value}`);
  return Object.fromEntries(Object.entries(value));
}
