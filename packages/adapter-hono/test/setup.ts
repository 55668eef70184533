// One application set up the same way in every test, and a browser.

import { simpleLogin } from "@latchkey/auth-simple";
import type { Store } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { type Latchkey, type LatchkeyOptions, latchkey } from "../src/index.ts";

export interface User {
  id: string;
  [attribute: string]: unknown;
}

export type Data = Record<string, unknown>;
const keys: string[] = ["a-secret-of-the-tests-0123456789abcdef"];

export function setUp(options: Partial<LatchkeyOptions<User>> = {}): Latchkey<User, Data> {
  return latchkey<User, Data>({ store: memoryStore(), keys, onError: () => {}, ...options });
}

export const login = simpleLogin({
  credentials: { alpha: { password: "secret", role: "admin" }, beta: "secret2" },
});

/** A store of which single methods behave differently; the rest is a real one. */
export function storeWith(changes: Partial<Store>, base: Store = memoryStore()): Store {
  return { ...base, ...changes };
}

export function asJson(body: unknown): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

export const alpha = asJson({ user: "alpha", password: "secret" });

export interface TestBrowser {
  cookies: Map<string, string>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

/** Keeps cookies like a browser. @param app A Hono application, or the URL of a server. */
export function browse(
  app: { request: (path: string, init: RequestInit) => Response | Promise<Response> } | string,
): TestBrowser {
  const cookies = new Map<string, string>();
  return {
    cookies,
    async fetch(path, init = {}) {
      const headers = new Headers(init.headers);
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      if (cookie !== "" && !headers.has("cookie")) headers.set("cookie", cookie);
      const sent: RequestInit = { redirect: "manual", ...init, headers };
      const response =
        typeof app === "string" ? await fetch(app + path, sent) : await app.request(path, sent);
      for (const line of response.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === "") cookies.delete(name);
        else cookies.set(name, value);
      }
      return response;
    },
  };
}
