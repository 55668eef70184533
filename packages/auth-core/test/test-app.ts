// An application for tests: the flows on a memory store with a clock, and browsers with a cookie jar.

import {
  createSessions,
  type Exchange,
  type LiveSession,
  type Reply,
  type Sessions,
  type Store,
} from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import {
  createFlowContext,
  type FlowContext,
  type FlowContextOptions,
  type FlowRequest,
} from "../src/flow-context.ts";
import type { LoginPage } from "../src/pages.ts";

export interface User {
  id: string;
}
export type Data = Record<string, unknown>;
type Flow = (request: FlowRequest<User, Data>) => Promise<Reply>;

export const HOST = "app.example";
export const ORIGIN = `https://${HOST}`;
export const START: number = Date.UTC(2030, 0, 1);
export const SECOND = 1_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

export interface TestApp {
  store: Store;
  sessions: Sessions<User, Data>;
  context: FlowContext;
  /** What `onError` heard. */
  errors: unknown[];
  advance(ms: number): void;
  browser(defaults?: RequestInit): Browser;
}

export interface RequestInit {
  method?: string;
  url?: string;
  headers?: Record<string, string>;
  body?: unknown;
  ip?: string;
  host?: string;
  protocol?: "http" | "https";
}

export interface Answer {
  status: number;
  /** The first header of this name. */
  header(name: string): string | undefined;
  headers: Reply["headers"];
  body: string;
  /** The body, parsed. */
  json: () => Record<string, unknown>;
  /** Names of the cookies that were set, without their prefix. */
  setCookies: string[];
  session: LiveSession<User, Data>;
}

export interface Browser {
  /** The cookies it holds, by name. */
  jar: Map<string, string>;
  send(flow: Flow, init?: RequestInit): Promise<Answer>;
  /** What a program is told about the login page. */
  view(flow: Flow, url?: string, headers?: Record<string, string>): Promise<LoginPage>;
  /** Opens the login page, fills it in and submits it. */
  submit(flow: Flow, fields?: Record<string, string>, init?: RequestInit): Promise<Answer>;
  /** Who this browser is logged in as. */
  user(): Promise<string | null>;
}

export const form = { "content-type": "application/x-www-form-urlencoded" };
export const json = { "content-type": "application/json" };

export function testApp(options: Partial<FlowContextOptions> = {}): TestApp {
  let time = START;
  const now = (): number => time;
  const store = options.store ?? memoryStore({ now });
  const keys = ["a secret of thirty-two characters or more"];
  const sessions = createSessions<User, Data>({ store, keys, now });
  const errors: unknown[] = [];
  const context = createFlowContext({
    now,
    onError: (error) => errors.push(error),
    endSessions: (id, newestId) =>
      newestId === undefined ? sessions.revokeAll(id) : sessions.keepNewest(id, newestId),
    endSession: (userId, id) => sessions.revoke(userId, id),
    ...options,
    store,
  });
  return {
    store,
    sessions,
    context,
    errors,
    advance(ms) {
      time += ms;
    },
    browser: (defaults) => testBrowser(sessions, defaults),
  };
}

export function testExchange(
  init: RequestInit = {},
): Exchange & { written: [name: string, value: string][] } {
  const headers = new Headers(init.headers);
  const written: [string, string][] = [];
  return {
    method: init.method ?? "GET",
    url: init.url ?? "/login",
    protocol: init.protocol ?? "https",
    host: init.host ?? HOST,
    ip: init.ip ?? "192.0.2.1",
    getHeader: (name) => headers.get(name) ?? undefined,
    appendHeader: (name, value) => void written.push([name, value]),
    written,
  };
}

function testBrowser(sessions: Sessions<User, Data>, defaults: RequestInit = {}): Browser {
  const jar = new Map<string, string>();

  async function send(flow: Flow, init: RequestInit = {}): Promise<Answer> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const exchange = testExchange({
      ...defaults,
      ...init,
      headers: { ...(cookie && { cookie }), ...defaults.headers, ...init.headers },
    });
    const session = await sessions.open(exchange);
    const reply = await flow({ exchange, session, body: init.body ?? null });
    await session.commit();
    const lines = exchange.written.map(([, value]) => value);
    for (const line of lines) keep(jar, line);
    return {
      ...reply,
      header: (name) => reply.headers.find(([key]) => key.toLowerCase() === name)?.[1],
      json: () => JSON.parse(reply.body),
      setCookies: lines.map((line) => line.slice(0, line.indexOf("=")).replace("__Host-", "")),
      session,
    };
  }

  async function view(flow: Flow, url = "/login", headers = {}): Promise<LoginPage> {
    const answer = await send(flow, { url, headers: { ...headers, accept: "application/json" } });
    return JSON.parse(answer.body);
  }

  return {
    jar,
    send,
    view,
    async submit(flow, fields = {}, init = {}) {
      const { csrf, next, action } = await view(flow, init.url);
      const hidden = { [csrf.name]: csrf.value, [next.name]: next.value };
      const headers = { ...form, origin: ORIGIN, ...init.headers };
      const body = { ...hidden, ...fields };
      return send(flow, { method: "POST", ...init, url: action, headers, body });
    },
    async user() {
      const answer = await send(async () => ({ status: 200, headers: [], body: "" }));
      return answer.session.user?.id ?? null;
    },
  };
}

function keep(jar: Map<string, string>, line: string): void {
  const [pair = ""] = line.split(";");
  const name = pair.slice(0, pair.indexOf("="));
  if (/; Max-Age=0(;|$)/.test(line)) jar.delete(name);
  else jar.set(name, pair.slice(name.length + 1));
}
