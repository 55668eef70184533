// An application with sealed sessions and browsers that keep its cookies, without a network.

import { createSessions, type Exchange, type Sessions, type Store } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { cookieStore } from "../src/index.ts";

export interface User {
  id: string;
}
export type Data = Record<string, unknown>;
export type TestSession = Awaited<ReturnType<Sessions<User, Data>["open"]>>;
export type Jar = Map<string, string>;

export const SECRET = "a secret of thirty-two characters or more";
export const SID = "__Host-sid";
export const DATA = "__Host-sid-data";
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

export interface AppOptions {
  /** `null` for none. Default: a memory store. */
  revocations?: Store | null;
  keys?: readonly string[];
  idle?: "1h";
  cookieName?: string;
  loadUser?: (id: string) => User | null;
}

export interface TestApp {
  readonly sessions: Sessions<User, Data>;
  readonly revocations: Store;
  readonly now: () => number;
  advance(ms: number): void;
  /** Another process of it, or a later one: other keys, another list. */
  another(options: AppOptions): TestApp;
}

export function testApp(options: AppOptions = {}, clock = { time: Date.UTC(2030, 0, 1) }): TestApp {
  const now = (): number => clock.time;
  const { keys = [SECRET], idle = "off", cookieName = "sid", loadUser } = options;
  const { revocations = memoryStore({ now }) } = options;
  const store =
    revocations === null ? cookieStore({ keys, now }) : cookieStore({ keys, now, revocations });
  const more = loadUser === undefined ? {} : { loadUser };
  const sessions = createSessions<User, Data>({
    store,
    keys,
    now,
    idle,
    cookie: { name: cookieName },
    ...more,
  });
  return {
    sessions,
    revocations: revocations ?? memoryStore(),
    now,
    advance(ms) {
      clock.time += ms;
    },
    another: (other) => testApp({ ...options, revocations, ...other }, clock),
  };
}

export interface OpenRequest {
  session: TestSession;
  setCookies: string[];
  /** Commits, and hands the cookies to the jar. */
  finish(): Promise<void>;
}

export async function openRequest(
  sessions: Sessions<User, Data>,
  jar: Jar = new Map(),
): Promise<OpenRequest> {
  const setCookies: string[] = [];
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const exchange: Exchange = {
    method: "GET",
    url: "/",
    protocol: "https",
    host: "app.example",
    ip: "192.0.2.1",
    getHeader: (name) => (name === "cookie" && cookie !== "" ? cookie : undefined),
    appendHeader(name, value) {
      if (name !== "set-cookie") throw new Error(`unexpected header ${name}`);
      setCookies.push(value);
    },
  };
  const session = await sessions.open(exchange);
  return {
    session,
    setCookies,
    async finish() {
      if (session.needsCommit()) await session.commit();
      else session.sealHead();
      for (const line of setCookies) keep(jar, line);
    },
  };
}

/** A whole request: open, handle, commit. */
export async function visit<T>(
  app: { sessions: Sessions<User, Data> },
  jar: Jar,
  handle: (session: TestSession) => T | Promise<T>,
): Promise<T> {
  const request = await openRequest(app.sessions, jar);
  const result = await handle(request.session);
  await request.finish();
  return result;
}

/** Who is logged in with these cookies. */
export function whoIs(app: { sessions: Sessions<User, Data> }, jar: Jar): Promise<string | null> {
  return openRequest(app.sessions, jar).then(({ session }) => session.user?.id ?? null);
}

export async function loggedIn(app: TestApp, id = "ann"): Promise<Jar> {
  const jar: Jar = new Map();
  await visit(app, jar, (session) => session.login({ id }));
  return jar;
}

export function keep(jar: Jar, line: string): void {
  const [pair = ""] = line.split(";");
  const name = pair.slice(0, pair.indexOf("="));
  if (/; Max-Age=(0|-\d+)(;|$)/.test(line)) jar.delete(name);
  else jar.set(name, pair.slice(name.length + 1));
}
