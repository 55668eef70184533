// What happened to somebody's login, told to the application: for logs, audit tables and alerts.

import type { Exchange } from "@latchkey/session-core";
import type { LoginErrorCode } from "./pages.ts";

/**
 * - `login`, `logout`: of this browser.
 * - `failure`: nobody was logged in; `reason` says why.
 * - `link`, `unlink`: a second login was put beside the first, or taken away.
 * - `revoked`: all sessions of a user were ended, e.g. by a new password; or one, where `session` says which.
 */
export type AuthEventKind = "login" | "logout" | "failure" | "link" | "unlink" | "revoked";

/** Holds no password and no token, as long as `user` holds none. */
export interface AuthEvent {
  readonly kind: AuthEventKind;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The name of the login method; `null` at a logout. */
  readonly method: string | null;
  /** Whom it happened to; `null` at a failure. */
  readonly userId: string | null;
  /** Who logged in, was linked or logged out, with all attributes. */
  readonly user: { readonly id: string } | null;
  /** Why nobody was logged in. */
  readonly reason: LoginErrorCode | null;
  /** At a failure what was typed as the name: people type passwords there by mistake. */
  readonly account: string | null;
  /** The first six characters of the session's id: enough to tell sessions apart, and opens none. */
  readonly session: string | null;
  readonly ip: string;
  /** The browser's name of itself, at most 200 characters. */
  readonly agent: string;
  readonly exchange: Exchange;
}

/** What a flow knows of an event; the rest is in its request. */
interface Happening {
  kind: AuthEventKind;
  method?: string;
  userId?: string;
  user?: { readonly id: string };
  reason?: LoginErrorCode;
  account?: string | null;
  sessionId?: string | null;
}

/** Tells of an event. Never rejects; waits a second at the most. */
export type Tell = (exchange: Exchange, happening: Happening) => Promise<void>;

/** How long an answer waits for those who are told. */
const PATIENCE_MS = 1_000;

/** After this long nobody counts on an end any more: what never answers must not end the telling for good. */
const GIVEN_UP_MS = 30_000;

/**
 * How many may be told of at once. Each keeps its request; whoever is told slowly, or never answers, must not fill
 * the memory. Failures, which anybody can cause, leave room for the rest.
 */
const MOST_FAILURES = 100;
const MOST_EVENTS = 1_000;

export function createTell(
  onEvent: ((event: AuthEvent) => unknown) | undefined,
  onError: (error: unknown) => void,
  now: () => number,
): Tell {
  let underWay = 0;
  let lost = 0;

  function isLost(kind: AuthEventKind): boolean {
    if (underWay < (kind === "failure" ? MOST_FAILURES : MOST_EVENTS)) return false;
    if (lost === 0) onError(new Error(`onEvent: ${underWay} events are under way, more are lost`));
    lost += 1;
    return true;
  }

  function finished(): void {
    underWay -= 1;
    // Not at once: a flood would get a message for every few events.
    if (lost === 0 || underWay > MOST_FAILURES / 2) return;
    onError(new Error(`onEvent: ${lost} events were lost`));
    lost = 0;
  }

  return async (exchange, happening) => {
    if (onEvent === undefined || isLost(happening.kind)) return;
    const event = eventOf(exchange, happening, now());
    try {
      const telling = onEvent(event);
      if (!isPromise(telling)) return;
      underWay += 1;
      const told = Promise.resolve(telling).catch(onError);
      void settled(told, GIVEN_UP_MS).then(finished);
      await settled(told, PATIENCE_MS);
    } catch (error) {
      onError(error);
    }
  };
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value;
}

/** Waits, but not for ever. Most that are told are there at once: an abort signal would cost more than they. */
function settled(told: Promise<unknown>, mostMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, mostMs);
    timer.unref();
    void told.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function eventOf(exchange: Exchange, happening: Happening, at: number): AuthEvent {
  const { kind, method = null, user = null, reason = null, account = null } = happening;
  return Object.freeze({
    kind,
    at,
    method,
    userId: happening.userId ?? user?.id ?? null,
    user,
    reason,
    account,
    session: happening.sessionId?.slice(0, 6) ?? null,
    ip: exchange.ip,
    agent: (exchange.getHeader("user-agent") ?? "").slice(0, 200),
    exchange,
  });
}
