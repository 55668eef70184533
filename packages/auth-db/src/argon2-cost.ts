// What one argon2id hash costs, and which costs are acceptable.

/** @see RFC 9106 §3.1 */
export interface Argon2Cost {
  memoryKiB: number;
  passes: number;
  parallelism: number;
}

/** No hash may ask for more: 256 MiB, and about 2 s of one core. */
const maxArgon2Cost: Argon2Cost = { memoryKiB: 262_144, passes: 16, parallelism: 16 };

/**
 * Less memory, or less work altogether. More passes make up for less work, not for less memory,
 * which is what keeps graphics cards away.
 */
export function isWeaker(cost: Argon2Cost, target: Argon2Cost): boolean {
  return (
    cost.memoryKiB < target.memoryKiB ||
    cost.memoryKiB * cost.passes < target.memoryKiB * target.passes
  );
}

export function isTooCostly(cost: Argon2Cost): boolean {
  return (
    cost.memoryKiB > maxArgon2Cost.memoryKiB ||
    cost.passes > maxArgon2Cost.passes ||
    cost.parallelism > maxArgon2Cost.parallelism
  );
}

/** @throws {TypeError} Naming the option. */
export function checkArgon2Cost(cost: Argon2Cost, allowWeak: boolean): void {
  for (const name of ["memoryKiB", "passes", "parallelism"] as const) {
    const max = maxArgon2Cost[name];
    if (!Number.isSafeInteger(cost[name]) || cost[name] < 1 || cost[name] > max) {
      throw new TypeError(`${name} must be a whole number from 1 to ${max}`);
    }
  }
  if (cost.memoryKiB < 8 * cost.parallelism) {
    throw new TypeError("memoryKiB must be at least 8 for each of parallelism"); // RFC 9106 §3.1
  }
  // The least that OWASP's Password Storage Cheat Sheet still lists.
  const weakest = { memoryKiB: 7_168, passes: 5, parallelism: 1 };
  if (isWeaker(cost, weakest) && !allowWeak) {
    throw new TypeError(
      "memoryKiB and passes are too low to protect passwords; set allowWeak: true in tests",
    );
  }
}
