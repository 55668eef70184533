// What logins by a code have in common, whatever carries it.

import { type MessageLimitOptions, safeOnError } from "@latchkey/auth-core";
import { type Duration, durationMs, type Store } from "@latchkey/session-core";

export interface CodeLoginOptions {
  /** Counts messages; usually the sessions' own. */
  store: Store;
  /** Digits of a code, 6 to 12. Default 6. */
  size?: number;
  /** How long a code is valid, an hour at most. Default `'10m'`. */
  lifetime?: Duration;
  /** How often a code may be mistyped before it is worthless, 5 at most. Default 5. */
  tries?: number;
  /** How many messages may be asked for. */
  limits?: MessageLimitOptions;
  user?: {
    /** Name of the form field with the address. Default `user`. */
    field?: string;
  };
  password?: {
    /** Name of the form field with the code. Default `password`. */
    field?: string;
  };
  /**
   * Whether this address may log in. Others get the same answers, but no message. Default: everybody
   * who gets the message.
   */
  accepts?: (address: string) => boolean | Promise<boolean>;
  /** Told why a message was not sent. Default: a warning of the process. */
  onError?: (error: unknown) => void;
  /** The clock, epoch milliseconds. Default `Date.now`. */
  now?: () => number;
}

/** The options with their defaults. */
export interface CodeSettings {
  store: Store;
  size: number;
  lifetimeMs: number;
  tries: number;
  limits: MessageLimitOptions;
  fields: { user: string; code: string };
  accepts: ((address: string) => boolean | Promise<boolean>) | null;
  onError: (error: unknown) => void;
  now: () => number;
}

/** @throws {TypeError} Naming the option. */
export function readCodeOptions(options: CodeLoginOptions): CodeSettings {
  const { store, size = 6, lifetime = "10m", tries = 5, limits = {}, user = {} } = options;
  const { password = {}, accepts = null, onError = warn, now = Date.now } = options;
  if (typeof store?.create !== "function") throw new TypeError("store must be a store");
  requireWhole("size", size, 6, 12);
  requireWhole("tries", tries, 1, 5);
  const lifetimeMs = durationMs(lifetime, "lifetime");
  if (lifetimeMs > 3_600_000) throw new TypeError("lifetime must be an hour at most");
  const fields = { user: user.field ?? "user", code: password.field ?? "password" };
  for (const [option, field] of [
    ["user.field", fields.user],
    ["password.field", fields.code],
  ]) {
    if (typeof field !== "string" || field === "" || field === "key") {
      throw new TypeError(`${option} must be the name of a form field other than 'key'`);
    }
  }
  if (fields.user === fields.code) throw new TypeError("user.field and password.field are equal");
  const told = safeOnError(onError);
  return { store, size, lifetimeMs, tries, limits, fields, accepts, onError: told, now };
}

function requireWhole(option: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new TypeError(`${option} must be a whole number from ${min} to ${max}`);
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
