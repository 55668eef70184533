// How long sessions last, checked once.

import { type Duration, durationMs } from "./duration.ts";
import type { LoginLifetime } from "./session.ts";

export interface Lifetimes {
  lifetimeMs: number;
  idleMs: number | null;
  browser: boolean;
}

// RFC 6265bis §5.5: browsers cut every cookie to 400 days.
const MAX_LIFETIME_MS = durationMs("400d");
// Some browsers keep "session cookies" for ever; the server doesn't.
const BROWSER_LIFETIME_MS = durationMs("1d");
const DEFAULT_LIFETIME: Duration = "30d";

/** The application's own lifetimes. @throws {TypeError} That names the option. */
export function defaultLifetimes(options: LoginLifetime): Lifetimes {
  const blank = { lifetimeMs: durationMs(DEFAULT_LIFETIME), idleMs: null, browser: false };
  return resolveLifetimes(options, blank);
}

/** What is not said is taken from `fallback`. @throws {TypeError} That names the option. */
export function resolveLifetimes(options: LoginLifetime, fallback: Lifetimes): Lifetimes {
  const { lifetime, idle } = options;
  const idleMs =
    idle === undefined ? fallback.idleMs : idle === "off" ? null : durationMs(idle, "idle");
  if (lifetime === undefined) return { ...fallback, idleMs };
  if (lifetime === "browser") return { lifetimeMs: BROWSER_LIFETIME_MS, idleMs, browser: true };
  const lifetimeMs = durationMs(lifetime, "lifetime");
  if (lifetimeMs > MAX_LIFETIME_MS) {
    throw new TypeError("lifetime must be 400 days at most: browsers keep no cookie longer");
  }
  return { lifetimeMs, idleMs, browser: false };
}
