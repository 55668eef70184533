// A program that uses the app's API: logs in, writes to its session, looks who it is.

import { type Answer, Browser } from "@latchkey/testing";

export interface Account {
  user: string;
  password: string;
}

/** Accounts that every app of these tests starts with. */
export const alpha: Account = { user: "alpha", password: "correct horse battery" };
export const beta: Account = { user: "beta", password: "staple of another kind" };
export const SEED_USERS = `${alpha.user}:${alpha.password}:admin,${beta.user}:${beta.password}:member`;
export const SESSION_KEYS = "end-to-end-Tests-only-0123456789-abcdef";

export interface SessionView {
  user: string | null;
  data: Record<string, unknown>;
  csrfToken: string;
}

export class Visitor {
  readonly browser: Browser;

  constructor(url: string) {
    this.browser = new Browser(url, { headers: { accept: "application/json" } });
  }

  /** @returns The `Cookie` header from then on. */
  async logIn({ user, password }: Account): Promise<string> {
    const answer = await this.browser.sendJson("POST", "/login", { user, password });
    if (answer.status !== 200) throw new Error(`login: ${answer.status} ${answer.text}`);
    return this.browser.jar.header();
  }

  async logOut(csrfToken: string): Promise<Answer> {
    return this.browser.sendJson("POST", "/logout", {}, { "x-csrf-token": csrfToken });
  }

  /** What this cookie can see. @param cookie Default: the browser's own. */
  async look(cookie?: string): Promise<SessionView> {
    const options = cookie === undefined ? {} : { cookie };
    const me = await this.browser.send("GET", "/api/me", options);
    const session = await this.browser.send("GET", "/api/session", options);
    if (session.status !== 200) throw new Error(`/api/session: ${session.status} ${session.text}`);
    const { data, csrfToken } = record(session.json());
    return {
      user: me.status === 200 ? String(record(record(me.json())["user"])["id"]) : null,
      data: record(data),
      csrfToken: String(csrfToken),
    };
  }

  /** Sets one key after a pause. @param cookie Default: the browser's own. */
  put(write: Write): Promise<Answer> {
    const { key, value, delayMs = 0, csrfToken, cookie } = write;
    return this.browser.send("PUT", `/api/session/data/${key}?delay=${delayMs}`, {
      headers: { "content-type": "application/json", "x-csrf-token": csrfToken },
      body: JSON.stringify(value),
      ...(cookie === undefined ? {} : { cookie }),
    });
  }

  increment(key: string, csrfToken: string, delayMs = 0): Promise<Answer> {
    const path = `/api/session/data/${key}/increment?delay=${delayMs}`;
    return this.browser.send("POST", path, { headers: { "x-csrf-token": csrfToken } });
  }
}

export interface Write {
  key: string;
  value: unknown;
  delayMs?: number;
  csrfToken: string;
  cookie?: string;
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw new Error(`not an object: ${value}`);
  return Object.fromEntries(Object.entries(value));
}
