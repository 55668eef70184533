// Which records an owner has. An entry is written before its record and may outlive it, so what it
// says is always checked with the record itself.
import type { Cluster, Redis } from "ioredis";
import { announce, heal } from "./redis-scripts.ts";
import type { ScriptRunner } from "./script-runner.ts";

/** How many records are asked for at a time. */
const BATCH = 500;

export interface OwnerIndex {
  /** Writes an entry. @returns Until when the record may be written, by Redis' clock. */
  announce(owner: string, id: string, forMs: number): Promise<string>;
  /** The owner's ids, in batches; there may be some that are not the owner's any more. */
  idsOf(owner: string): Promise<string[][]>;
  /** Drops entries that are left over. Nobody waits for it: it makes no difference to answers. */
  heal(owner: string, ids: readonly string[]): void;
}

export function ownerIndex(
  redis: Redis | Cluster,
  scripts: ScriptRunner,
  keyOf: (owner: string) => string,
): OwnerIndex {
  return {
    announce: async (owner, id, forMs) =>
      String(await scripts.run(announce, [keyOf(owner)], [id, forMs])),
    async idsOf(owner) {
      const members = await redis.zrange(keyOf(owner), "0", "-1");
      const ids = members.filter((member) => member.startsWith("=")).map((id) => id.slice(1));
      const batches: string[][] = [];
      for (let from = 0; from < ids.length; from += BATCH) {
        batches.push(ids.slice(from, from + BATCH));
      }
      return batches;
    },
    heal(owner, ids) {
      if (ids.length === 0) return;
      scripts.run(heal, [keyOf(owner)], ids).catch(() => {}); // the next one that looks will
    },
  };
}
