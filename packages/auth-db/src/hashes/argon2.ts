// argon2id, argon2i and argon2d in the PHC string format, e.g.
// `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`. See RFC 9106.

import { verify } from "@node-rs/argon2";
import { isTooCostly, isWeaker } from "../argon2-cost.ts";
import { HashError } from "../hash-error.ts";
import type { StoredHash } from "./stored-hash.ts";

const format =
  /^\$argon2(id|i|d)\$(?:v=(16|19)\$)?m=(\d{1,9}),t=(\d{1,9}),p=(\d{1,3})\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{22,}$/;

export function readArgon2(stored: string): StoredHash | null {
  const match = format.exec(stored);
  if (!match) return null;
  const [, variant, version, memory, passes, parallelism] = match;
  const cost = {
    memoryKiB: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  };
  if (isTooCostly(cost)) throw new HashError("ERR_HASH_COST", "the argon2 hash costs too much");
  const current = variant === "id" && version === "19";
  return {
    scheme: `argon2${variant}`,
    cost: cost.memoryKiB * cost.passes,
    matches: (password) => verifyArgon2(stored, password),
    isOutdated: (target) => !current || isWeaker(cost, target),
  };
}

/** @returns `null` when the text isn't a hash after all, e.g. with zero passes. */
export async function verifyArgon2(stored: string, password: string): Promise<boolean | null> {
  try {
    return await verify(stored, password);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "InvalidArg") return null;
    throw error;
  }
}
