// Slows guessing down: counts failures, and asks for a growing pause after several.

import { createHash } from "node:crypto";
import { type Duration, durationMs, type Store } from "@latchkey/session-core";
import { createFailureCounter, type FailureCounter } from "./failure-counter.ts";
import { networkOf } from "./network.ts";
import { createUnderWay } from "./under-way.ts";

export interface ThrottleOptions {
  /** Failures in a row of one account from one network before pauses begin. Default 5. */
  perAccountAndNetwork?: number;
  /** Failures in a row of one account from everywhere. Default 100 (NIST SP 800-63B-4 §3.2.2). */
  perAccount?: number;
  /** Failures of one network (IPv4 address, IPv6 /64) at all accounts within a day. Default 100. */
  perNetwork?: number;
  /** The longest pause; it starts at one second and doubles with each failure. Default `'15m'`. */
  maxPause?: Duration;
}

export interface Throttle {
  /** Makes a try at an account, or says how long it has to wait first. */
  attempt<T>(from: Tryer, make: (tally: Tally) => Promise<T>): Promise<T | Paused>;
}

/** Who tries what. */
interface Tryer {
  account: string;
  /** What the spellings of the account have in common; `null` where there is only one. */
  alike: string | null;
  ip: string;
  /** The name of a browser where the account has logged in before: then only its own failures count. */
  browser: string | null;
}

export interface Paused {
  kind: "paused";
  pauseMs: number;
}

/** What became of a try. */
interface Tally {
  /** @returns How many failures the account, or the known browser, has had in a row. */
  failed(): Promise<number>;
  succeeded(): Promise<void>;
}

interface Limit {
  counter: FailureCounter;
  key: string;
  /** Failures before pauses begin. */
  free: number;
}

const DAY_MS = durationMs("1d");

/**
 * @param options `false` counts, but never pauses.
 * @throws {TypeError} That names the option.
 */
export function createThrottle(
  store: Store,
  method: string,
  options: ThrottleOptions | false,
  now: () => number,
): Throttle {
  const { maxPause = "15m", ...limits } = options || {};
  const { perAccountAndNetwork = 5, perAccount = 100, perNetwork = 100 } = limits;
  const maxPauseMs = durationMs(maxPause, "throttle.maxPause");
  for (const [name, free] of Object.entries({ perAccountAndNetwork, perAccount, perNetwork })) {
    // Anything else, such as the NaN of an unset variable, would be no limit at all.
    if (free === Infinity || (Number.isInteger(free) && free >= 1)) continue;
    throw new TypeError(`throttle.${name} must be a whole number of at least 1, or Infinity`);
  }
  const forgetMs = Math.max(DAY_MS, maxPauseMs);
  const inARow = createFailureCounter(store, { forgetMs, after: "last" }, now);
  // Nothing resets a network's count, and many people may share it: it would only ever grow.
  const perDay = createFailureCounter(store, { forgetMs, after: "first" }, now);
  const underWay = createUnderWay();

  /** @param others Tries under way beside this one: they may all fail. */
  async function pauseOf({ counter, key, free }: Limit, others: number): Promise<number> {
    const { count, lastAt } = await counter.read(key);
    if (count + others < free) return 0;
    const fullMs = count < free ? 0 : Math.min(1_000 * 2 ** Math.min(count - free, 30), maxPauseMs);
    // Never more than the whole pause, even if the clock was put back.
    const restMs = Math.min(fullMs, lastAt + fullMs - now());
    return Math.max(restMs, others > 0 ? 1_000 : 0);
  }

  /** Takes back what one spelling added to the count of all: the others may be other accounts. */
  async function takeBack(key: string, spelling: string): Promise<void> {
    const count = await inARow.lessen(`${key}:${spelling}`, Infinity);
    await inARow.lessen(key, count);
  }

  return {
    async attempt({ account, alike, ip, browser }, make) {
      const [name, network] = [hash(alike ?? account), hash(networkOf(ip))];
      const pair = `${method}:pair:${name}:${network}`;
      const all = `${method}:account:${name}`;
      const place = `network:${network}`;
      const spelling = hash(account);
      const own = browser === null ? null : `${method}:browser:${spelling}:${browser}`;
      const everyones: Limit[] = [
        { counter: inARow, key: pair, free: perAccountAndNetwork },
        { counter: inARow, key: all, free: perAccount },
        { counter: perDay, key: place, free: perNetwork },
      ];
      const limits =
        own === null ? everyones : [{ counter: inARow, key: own, free: perAccountAndNetwork }];
      const { others, end } = underWay.begin(limits.map(({ key }) => key));
      try {
        const pauses = options
          ? await Promise.all(limits.map((limit, index) => pauseOf(limit, others[index] ?? 0)))
          : [];
        const pauseMs = Math.max(0, ...pauses);
        if (pauseMs > 0) return { kind: "paused", pauseMs };
        return await make({
          async failed() {
            if (own !== null) return inARow.add(own);
            const ofSpelling = alike === null ? [] : [`${all}:${spelling}`, `${pair}:${spelling}`];
            const [count] = await Promise.all([
              inARow.add(all),
              inARow.add(pair),
              perDay.add(place),
              ...ofSpelling.map((key) => inARow.add(key)),
            ]);
            return count;
          },
          async succeeded() {
            // Not the network's: whoever has one account of their own could clear it at will.
            const clear = (key: string): Promise<void> =>
              alike === null ? inARow.reset(key) : takeBack(key, spelling);
            const ofBrowser = own === null ? [] : [inARow.reset(own)];
            await Promise.all([clear(all), clear(pair), ...ofBrowser]);
          },
        });
      } finally {
        end();
      }
    },
  };
}

/** Names as typed stay out of the store; visitors type passwords into the wrong field. */
function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
