// How many mails or messages strangers can have sent: to one address, and from one network.

import { createHash } from "node:crypto";
import { type Duration, durationMs, type Store } from "@latchkey/session-core";
import { createFailureCounter } from "./failure-counter.ts";
import { networkOf } from "./network.ts";

export interface MessageLimitOptions {
  /** Messages to one address that one network (IPv4 address, IPv6 /64) asks for. Default 5. */
  perAddressAndNetwork?: number;
  /** Messages to one address, whoever asks. Default 20. */
  perAddress?: number;
  /** Messages that one network asks for. Default 100. */
  perNetwork?: number;
  /** Within which time, beginning with the first. Default `'1h'`. */
  within?: Duration;
}

export interface MessageLimit {
  /** Counts one more message; `false` when it would be one too many. */
  allows(address: string, ip: string): Promise<boolean>;
  /**
   * Somebody proved from this network that the address is theirs: for 30 days, what others ask for
   * doesn't count there.
   */
  trust(address: string, ip: string): Promise<void>;
}

const TRUST_MS = durationMs("30d");

/**
 * @param sender Whose messages these are, e.g. the name of the login method.
 * @throws {TypeError} That names the option.
 */
export function createMessageLimit(
  store: Store,
  sender: string,
  options: MessageLimitOptions = {},
  now: () => number = Date.now,
): MessageLimit {
  const { perAddressAndNetwork = 5, perAddress = 20, perNetwork = 100, within = "1h" } = options;
  for (const [name, most] of Object.entries({ perAddressAndNetwork, perAddress, perNetwork })) {
    if (most === Infinity || (Number.isInteger(most) && most >= 1)) continue;
    throw new TypeError(`limits.${name} must be a whole number of at least 1, or Infinity`);
  }
  const forgetMs = durationMs(within, "limits.within");
  const counter = createFailureCounter(store, { forgetMs, after: "first" }, now);

  const trustId = (to: string, from: string): string => `message:${sender}:trusted:${to}:${from}`;

  return {
    async trust(address, ip) {
      const at = now();
      const id = trustId(hash(address), hash(networkOf(ip)));
      const times = { createdAt: at, seenAt: at, expiresAt: at + TRUST_MS };
      const isNew = await store.create({ id, owner: null, data: "{}", ...times, version: 1 });
      if (!isNew) await store.touch(id, at, at + TRUST_MS);
    },
    async allows(address, ip) {
      const [to, from] = [hash(address), hash(networkOf(ip))];
      const network = `message:${sender}:network:${from}`;
      // Looked at before anything is written: each new address would be a record more.
      if ((await counter.read(network)).count >= perNetwork) return false;
      // In this order, so that what one network is refused doesn't use up what others may ask for.
      const steps: [key: string, most: number][] = [
        [`message:${sender}:pair:${to}:${from}`, perAddressAndNetwork],
        [network, perNetwork],
        [`message:${sender}:address:${to}`, perAddress],
      ];
      // Strangers must not keep the owner out by asking for all that an address may get.
      if ((await store.get(trustId(to, from))) !== null) steps.pop();
      for (const [key, most] of steps) {
        if (most !== Infinity && (await counter.add(key)) > most) return false;
      }
      return true;
    },
  };
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
