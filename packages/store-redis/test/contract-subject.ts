// A store of two processes, for the contract and the model: empty each time, with a clock of its own.
import type { StoreSubject } from "@latchkey/testing";
import type { Cluster, Redis } from "ioredis";
import { redisStore } from "../src/index.ts";

let count = 0;

/** @param clients One for each process, of one server or cluster. */
export function contractSubject(
  clients: () => readonly [Redis | Cluster, Redis | Cluster],
): () => Promise<StoreSubject> {
  return async () => {
    const [client, other] = clients();
    let time = Date.UTC(2030, 0, 1);
    const now = (): number => time;
    const options = { prefix: `test${count++}:`, now, timeout: "10s" } as const;
    return {
      store: redisStore(client, options),
      peer: redisStore(other, options),
      now,
      async advance(ms) {
        time += ms;
      },
      async close() {},
    };
  };
}
