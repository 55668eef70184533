// Slows guessing down: a held answer after each failure, and a growing pause after several.

import { createHash } from "node:crypto";
import { type Duration, durationMs, type Store } from "@latchkey/session-core";
import { createFailureCounter } from "./failure-counter.ts";
import { networkOf } from "./network.ts";

export interface ThrottleOptions {
  /** Failures of one account from one network before pauses begin. Default 5. */
  perAccountAndNetwork?: number;
  /** Failures of one account from everywhere. Default 100 (NIST SP 800-63B-4 §3.2.2). */
  perAccount?: number;
  /** Failures of one network (IPv4 address, IPv6 /64) at all accounts. Default 100. */
  perNetwork?: number;
  /** The longest pause; it starts at one second and doubles with each failure. Default `'15m'`. */
  maxPause?: Duration;
}

export interface Throttle {
  /** Milliseconds until this account may be tried from this address; 0 is now. */
  pause(account: string, ip: string): Promise<number>;
  /** Counts a failure. @returns How many the account has had in a row. */
  failed(account: string, ip: string): Promise<number>;
  succeeded(account: string, ip: string): Promise<void>;
}

const FORGET: Duration = "1d";

export function createThrottle(
  store: Store,
  method: string,
  options: ThrottleOptions,
  now: () => number,
): Throttle {
  const { perAccountAndNetwork = 5, perAccount = 100, perNetwork = 100 } = options;
  const maxPauseMs = durationMs(options.maxPause ?? "15m", "throttle.maxPause");
  const counter = createFailureCounter(store, durationMs(FORGET), now);
  const keys = (
    account: string,
    ip: string,
  ): { pair: string; account: string; network: string } => {
    const network = networkOf(ip);
    const name = hash(account);
    return {
      pair: `${method}:pair:${name}:${hash(network)}`,
      account: `${method}:account:${name}`,
      network: `network:${hash(network)}`,
    };
  };

  async function pauseOf(key: string, free: number): Promise<number> {
    const { count, lastAt } = await counter.read(key);
    if (count < free) return 0;
    const pauseMs = Math.min(1_000 * 2 ** Math.min(count - free, 30), maxPauseMs);
    return Math.max(0, lastAt + pauseMs - now());
  }

  return {
    async pause(account, ip) {
      const key = keys(account, ip);
      return Math.max(
        ...(await Promise.all([
          pauseOf(key.pair, perAccountAndNetwork),
          pauseOf(key.account, perAccount),
          pauseOf(key.network, perNetwork),
        ])),
      );
    },
    async failed(account, ip) {
      const key = keys(account, ip);
      const [failures] = await Promise.all([
        counter.add(key.account),
        counter.add(key.pair),
        counter.add(key.network),
      ]);
      return failures;
    },
    async succeeded(account, ip) {
      // Not the network's: whoever has one account of their own could clear it at will.
      const key = keys(account, ip);
      await Promise.all([counter.reset(key.account), counter.reset(key.pair)]);
    },
  };
}

/** Names as typed stay out of the store; visitors type passwords into the wrong field. */
function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
