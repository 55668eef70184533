// Walks the keys of all masters with SCAN. The cursor carries what a page had no room for, since
// SCAN may give more keys at once than were asked for.
import type { Cluster, Redis } from "ioredis";

export interface IdPage {
  ids: string[];
  cursor: string | null;
}

interface Position {
  /** Which masters there were; the walk starts anew when that changes. */
  masters: string;
  /** Index of the master that is being walked. */
  node: number;
  /** SCAN's own. */
  scan: string;
  /** Ids that were found and not yet given out. */
  left: string[];
}

/** SCAN calls for one page, so that a page in a large database takes no longer than in a small one. */
const MAX_CALLS = 10;

/** @param keyStart What the keys of all records begin with, without the client's `keyPrefix`. */
export async function scanIds(
  redis: Redis | Cluster,
  keyStart: string,
  prefix: string,
  cursor: string | null,
  limit: number,
): Promise<IdPage> {
  const start = `${redis.options.keyPrefix ?? ""}${keyStart}`;
  const masters = await mastersOf(redis, keyStart);
  const names = masters.map((master) => nameOf(master)).join();
  let { node, scan, left } = parseCursor(cursor, names);
  const pattern = `${escapeGlob(`${start}${prefix}`)}*`;
  const count = Math.min(1_000, Math.max(100, limit));
  for (let calls = 0; left.length < limit && calls < MAX_CALLS; calls++) {
    const master = masters[node];
    if (master === undefined) break;
    const [next, keys] = await master.scan(scan, "MATCH", pattern, "COUNT", count);
    left = [...left, ...keys.map((key) => key.slice(start.length))];
    scan = next;
    if (next === "0") node += 1;
  }
  const ids = left.slice(0, limit);
  left = left.slice(limit);
  const over = node >= masters.length && left.length === 0;
  return { ids, cursor: over ? null : JSON.stringify([names, node, scan, ...left]) };
}

async function mastersOf(redis: Redis | Cluster, anyKey: string): Promise<Redis[]> {
  if (!("nodes" in redis)) return [redis];
  // Before the first command the cluster may not know its nodes.
  if (redis.nodes("master").length === 0) await redis.hmget(anyKey, "h");
  return redis.nodes("master").sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function nameOf({ options }: Redis): string {
  return `${options.host}:${options.port}`;
}

function parseCursor(cursor: string | null, masters: string): Position {
  const beginning = { masters, node: 0, scan: "0", left: [] };
  if (cursor === null) return beginning;
  let value: unknown;
  try {
    value = JSON.parse(cursor);
  } catch {
    return beginning;
  }
  if (!Array.isArray(value)) return beginning;
  const [names, node, scan, ...left]: unknown[] = value;
  if (names !== masters || typeof node !== "number" || typeof scan !== "string") return beginning;
  return { masters, node, scan, left: left.filter((id) => typeof id === "string") };
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]^-]/g, "\\$&");
}
