// What a scheme gives back for a hash that it understood.

import type { Argon2Cost } from "../argon2-cost.ts";

export interface StoredHash {
  /** Hashes of one scheme whose `cost` is equal take equally long. */
  readonly scheme: string;
  readonly cost: number;
  /** `null` when the scheme can't try this password; no work was done then. */
  matches(password: string): Promise<boolean | null>;
  /** True when argon2id at this cost would be better. */
  isOutdated(target: Argon2Cost): boolean;
}
