// An application for tests: sessions on a map store with a clock, and browsers with a cookie jar.

import type { Exchange } from "../src/exchange.ts";
import type { LiveSession } from "../src/live-session.ts";
import { createSessions, type Sessions, type SessionsOptions } from "../src/sessions.ts";
import { type MapStore, mapStore } from "./map-store.ts";

export interface User {
  id: string;
  role?: string;
}

type Data = Record<string, unknown>;
export type TestSession = LiveSession<User, Data>;

export interface TestApp {
  store: MapStore;
  sessions: Sessions<User, Data>;
  now: () => number;
  advance: (ms: number) => void;
  browser: (headers?: Record<string, string>) => Browser;
  /** Another process of the same application: same store, same keys. */
  another: (options?: Partial<SessionsOptions<User>>) => Sessions<User, Data>;
}

export interface Browser {
  /** The cookies it holds, by name. */
  readonly jar: Map<string, string>;
  /** A request under way: the cookies are those of this moment. */
  open: (init?: RequestInit) => Promise<OpenRequest>;
  /** A whole request: open, handle, commit. */
  visit: <T>(handle?: (session: TestSession) => T | Promise<T>, init?: RequestInit) => Promise<T>;
  /** What the last finished response set. */
  setCookies: () => readonly string[];
}

interface OpenRequest {
  session: TestSession;
  exchange: TestExchange;
  /** Commits, and hands the cookies to the browser. */
  finish: () => Promise<void>;
}

interface RequestInit {
  headers?: Record<string, string>;
  protocol?: "http" | "https";
  method?: string;
  sessions?: Sessions<User, Data>;
}

export interface TestExchange extends Exchange {
  /** The `Set-Cookie` lines so far. */
  readonly setCookies: string[];
}

export const SECRET = "a secret of thirty-two characters or more";
export const START: number = Date.UTC(2030, 0, 1);
export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

export function testApp(options: Partial<SessionsOptions<User>> = {}): TestApp {
  let time = START;
  const now = (): number => time;
  const store = mapStore(now);
  const another = (more: Partial<SessionsOptions<User>> = {}): Sessions<User, Data> =>
    createSessions<User, Data>({ store, keys: [SECRET], now, ...options, ...more });
  const sessions = another();
  return {
    store,
    sessions,
    now,
    advance: (ms) => {
      time += ms;
    },
    browser: (headers) => testBrowser(sessions, headers),
    another,
  };
}

export function testExchange(
  headers: Record<string, string> = {},
  protocol: "http" | "https" = "https",
  method = "GET",
): TestExchange {
  const setCookies: string[] = [];
  return {
    method,
    url: "/",
    protocol,
    host: headers["host"] ?? "app.example",
    ip: "192.0.2.1",
    getHeader: (name) => headers[name.toLowerCase()],
    appendHeader: (name, value) => {
      if (name.toLowerCase() !== "set-cookie") throw new Error(`unexpected header ${name}`);
      setCookies.push(value);
    },
    setCookies,
  };
}

function testBrowser(defaultSessions: Sessions<User, Data>, own = {}): Browser {
  const jar = new Map<string, string>();
  let last: readonly string[] = [];

  async function open(init: RequestInit = {}): Promise<OpenRequest> {
    const { sessions = defaultSessions, protocol, method } = init;
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...(cookie === "" ? {} : { cookie }), ...own, ...init.headers };
    const exchange = testExchange(headers, protocol, method);
    const session = await sessions.open(exchange);
    const finish = async (): Promise<void> => {
      await session.commit();
      last = [...exchange.setCookies];
      for (const line of last) keep(jar, line);
    };
    return { session, exchange, finish };
  }

  return {
    jar,
    open,
    async visit<T>(handle?: (session: TestSession) => T | Promise<T>, init?: RequestInit) {
      const request = await open(init);
      const result = await handle?.(request.session);
      await request.finish();
      return result!;
    },
    setCookies: () => last,
  };
}

function keep(jar: Map<string, string>, line: string): void {
  const [pair = ""] = line.split(";");
  const name = pair.slice(0, pair.indexOf("="));
  if (/; Max-Age=(0|-\d+)(;|$)/.test(line)) jar.delete(name);
  else jar.set(name, pair.slice(name.length + 1));
}
