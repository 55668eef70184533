// What every login, logout and refusal of an application shares.

import type { Exchange, Session, Store } from "@latchkey/session-core";
import { type AuthEvent, createTell, type Tell } from "./auth-event.ts";
import { createErrorLog } from "./error-log.ts";
import { createPageReply, type PageReply } from "./flow-pages.ts";
import type { Lifetime } from "./lifetime-choice.ts";
import type { LoginMethod } from "./login-method.ts";
import { type PageContext, type PageOptions, pageContext } from "./pages/page-context.ts";
import type { Pages } from "./pages.ts";
import { safeOnError } from "./safe-on-error.ts";

export interface FlowContextOptions {
  /** Where failed logins are counted; usually the sessions' own. */
  store: Store;
  /**
   * Ends the sessions of a user, usually by `sessions.revokeAll`; with `newestId`, all that began before
   * that one, by `sessions.keepNewest`: `false` when another began later, and that one had to go.
   */
  endSessions: (userId: string, newestId?: string) => Promise<unknown>;
  /** Ends one of them, `false` if it is not there; usually `sessions.revoke`. */
  endSession: (userId: string, sessionId: string) => Promise<boolean>;
  /** How long sessions last where a login says nothing else. Default `'30d'`, as `createSessions` has it. */
  lifetime?: Lifetime;
  /** Where people log in. Default `'/login'`. */
  loginUrl?: string;
  /** Where they log out. Default `'/logout'`. */
  logoutUrl?: string;
  /** Pages that replace the default ones. */
  pages?: Partial<Pages>;
  /** The application's name, language and wording on the default pages. */
  pageOptions?: PageOptions;
  /** Hears of logins, logouts and failures. What it throws goes to `onError`, and changes nothing. */
  onEvent?: (event: AuthEvent) => unknown;
  /** Hears of faults that the visitor is only told the outcome of. Default: stderr. */
  onError?: (error: unknown) => void;
  now?: () => number;
}

export interface FlowContext {
  readonly store: Store;
  readonly endSessions: (userId: string, newestId?: string) => Promise<unknown>;
  readonly endSession: (userId: string, sessionId: string) => Promise<boolean>;
  readonly lifetime: Lifetime;
  /** The methods by name: what each keeps in the store goes by it. */
  readonly methods: Map<string, Pick<LoginMethod, "forget">>;
  readonly loginUrl: string;
  readonly logoutUrl: string;
  readonly pageReply: PageReply;
  /** The language and the wording of the default pages. */
  readonly page: PageContext;
  readonly onError: (error: unknown) => void;
  readonly tell: Tell;
  readonly now: () => number;
}

/** One request to a flow. */
export interface FlowRequest<User extends { id: string }, Data extends object> {
  exchange: Exchange;
  session: Session<User, Data>;
  /** The parsed form or JSON body; `null` when there is none. */
  body: unknown;
}

/** @throws {TypeError} That names the option. */
export function createFlowContext(options: FlowContextOptions): FlowContext {
  const { store, loginUrl = "/login", logoutUrl = "/logout", now = Date.now } = options;
  if (typeof store?.create !== "function") {
    throw new TypeError("store must be a Latchkey store; a cookieStore needs a revocation list");
  }
  for (const [name, url] of Object.entries({ loginUrl, logoutUrl })) {
    const isUrl = typeof url === "string" && URL.canParse(url, "http://localhost");
    if (!isUrl) throw new TypeError(`${name} must be a URL`);
  }
  const { onEvent, pages = {} } = options;
  checkFunctions({ onEvent, onError: options.onError });
  checkFunctions(pages, "pages.");
  const onError = safeOnError(options.onError ?? createErrorLog());
  return {
    store,
    endSessions: options.endSessions,
    endSession: options.endSession,
    lifetime: options.lifetime ?? "30d",
    methods: new Map(),
    loginUrl,
    logoutUrl,
    pageReply: createPageReply(pages, options.pageOptions),
    page: pageContext(options.pageOptions ?? {}),
    onError,
    tell: createTell(onEvent, onError, now),
    now,
  };
}

/** For plain JavaScript: what is no function would fail at the first login, not at start. */
function checkFunctions(options: object, prefix = ""): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || typeof value === "function") continue;
    throw new TypeError(`${prefix}${name} must be a function`);
  }
}

/** The request's URL as the browser sees it. */
export function absoluteUrl(exchange: Exchange): URL {
  const named = `${exchange.protocol}://${exchange.host}`;
  // A host header that is no host, or a request target that is no path: RFC 9112 §3.2.
  const origin = URL.canParse(named) ? new URL(named).origin : "http://localhost";
  // Put behind the origin, not resolved against it: `/\evil.example` would be another host's.
  const url = new URL(origin + (exchange.url.startsWith("/") ? exchange.url : "/"));
  // Two slashes would make it another host's when it is printed without its own.
  url.pathname = url.pathname.replace(/^\/+/, "/");
  return url;
}
