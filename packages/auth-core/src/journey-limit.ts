// How many logins may wait for their browser to come back: each is a record in the store, and anybody
// can begin one.

import { createHash } from "node:crypto";
import { durationMs, type Store } from "@latchkey/session-core";
import { createFailureCounter } from "./failure-counter.ts";
import { networkOf } from "./network.ts";

export interface JourneyLimit {
  /** Counts one more. @returns Whom it counts for; `null` when it would be one too many. */
  begin(traveller: Traveller): Promise<string | null>;
  /** One has come back. @param whose What `begin` gave. */
  end(whose: string): Promise<void>;
}

/** Who begins one. Whoever is known has a count of their own: what strangers do doesn't matter there. */
interface Traveller {
  ip: string;
  /** Who is logged in. */
  userId: string | null;
  /** The name of a browser in which somebody has logged in before, else `null`. */
  knownBrowser(): Promise<string | null>;
}

/** Many people may share a network, and who comes back counts no more. */
const MOST = 500;
const WITHIN_MS = durationMs("10m");

export function createJourneyLimit(store: Store, method: string, now: () => number): JourneyLimit {
  const counter = createFailureCounter(store, { forgetMs: WITHIN_MS, after: "first" }, now);

  async function count(kind: string, name: string): Promise<string | null> {
    const hashed = createHash("sha256").update(name).digest("base64url").slice(0, 22);
    const whose = `begun:${method}:${kind}:${hashed}`;
    // Looked at first: what is refused writes nothing.
    if ((await counter.read(whose)).count >= MOST) return null;
    return (await counter.add(whose)) > MOST ? null : whose;
  }

  return {
    async begin({ ip, userId, knownBrowser }) {
      if (userId !== null) return count("user", userId);
      const whose = await count("network", networkOf(ip));
      if (whose !== null) return whose;
      const browser = await knownBrowser();
      return browser === null ? null : count("browser", browser);
    },
    async end(whose) {
      await counter.lessen(whose, 1);
    },
  };
}
