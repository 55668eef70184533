// Redis for a test file: found before its tests are, or skipped for a printed reason.
import { ensureRedis, type RedisPrograms } from "./redis.ts";

const found = await ensureRedis();

/** Why tests are skipped; `null` when they are not. */
export const missing: string | null = "missing" in found ? found.missing : null;
if (missing !== null) console.warn(`skipped: ${missing}`);

export function programs(): RedisPrograms {
  if ("missing" in found) throw new Error(found.missing);
  return found;
}
