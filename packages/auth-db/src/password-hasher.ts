// Hashes and checks passwords: argon2id for new ones, everything else only to be replaced.

import { randomBytes } from "node:crypto";
import { hash as argon2 } from "@node-rs/argon2";
import { type Argon2Cost, checkArgon2Cost } from "./argon2-cost.ts";
import { createHashQueue, defaultConcurrency, type HashLoad } from "./hash-queue.ts";
import { verifyArgon2 } from "./hashes/argon2.ts";
import { readStoredHash } from "./read-stored-hash.ts";

export interface PasswordHasherOptions {
  /** Memory of one hash, in KiB. Default 19,456. */
  memoryKiB?: number;
  /** Passes over that memory. Default 2. */
  passes?: number;
  /** Lanes of one hash. Default 1. */
  parallelism?: number;
  /** How many passwords are worked on at once. Default: one less than there are cores or threads. */
  concurrency?: number;
  /** How many more may wait. Default 100. */
  queueLimit?: number;
  /** Accepts costs that protect nothing, for fast tests. Default `false`. */
  allowWeak?: boolean;
}

export interface PasswordHasher {
  /**
   * A new hash in the PHC string format.
   *
   * @throws {TypeError} When the password is empty, over 1,024 characters or not well-formed text.
   * @throws {HashError} `ERR_HASH_BUSY`
   */
  hash(password: string): Promise<string>;
  /**
   * Checks a password against a stored hash. What isn't a hash never verifies.
   *
   * @throws {HashError} `ERR_HASH_BUSY`, `ERR_HASH_COST`, `ERR_HASH_PACKAGE`
   */
  verify(password: string, stored: string): Promise<Verification>;
  /**
   * Does the work of checking against a hash of the default cost, for nobody.
   *
   * @throws {HashError} `ERR_HASH_BUSY`
   */
  dummyVerify(password: string): Promise<void>;
  /** How busy this hasher is. */
  readonly load: HashLoad;
}

export interface Verification {
  ok: boolean;
  /** True when the password is right and its hash ought to be replaced by a new one. */
  outdated: boolean;
}

/**
 * A hasher with its own queue. A process should have one: give it to every login that needs other
 * settings than {@link sharedPasswordHasher} has.
 *
 * @throws {TypeError} When an option is wrong, or too weak without `allowWeak`.
 */
export function createPasswordHasher(options: PasswordHasherOptions = {}): PasswordHasher {
  const { memoryKiB = 19_456, passes = 2, parallelism = 1, allowWeak = false } = options;
  const { concurrency = defaultConcurrency(), queueLimit = 100 } = options;
  const cost = { memoryKiB, passes, parallelism };
  checkArgon2Cost(cost, allowWeak);
  requireWhole("concurrency", concurrency, 1);
  requireWhole("queueLimit", queueLimit, 0);
  const queue = createHashQueue(concurrency, queueLimit);
  const dummy = dummyHash(cost);

  return {
    async hash(password) {
      if (!isUsable(password)) {
        throw new TypeError("password must be 1 to 1,024 characters of well-formed text");
      }
      const settings = { memoryCost: memoryKiB, timeCost: passes, parallelism };
      return queue.run(() => argon2(password, settings));
    },

    async verify(password, stored) {
      const hash = readStoredHash(stored);
      return queue.run(async () => {
        const ok = hash && isUsable(password) ? await hash.matches(password) : null;
        // Whatever can't be tried takes as long as what can.
        if (ok === null) await verifyArgon2(dummy, "");
        return { ok: ok === true, outdated: ok === true && hash?.isOutdated(cost) === true };
      });
    },

    async dummyVerify(password) {
      await queue.run(() => verifyArgon2(dummy, password));
    },

    get load() {
      return queue.load;
    },
  };
}

/** The hasher of this process with the default settings: all logins together keep its bounds. */
export function sharedPasswordHasher(): PasswordHasher {
  shared ??= createPasswordHasher();
  return shared;
}

let shared: PasswordHasher | null = null;

/** Random bytes in place of a hash cost the same to check, and no password is known to match. */
function dummyHash({ memoryKiB, passes, parallelism }: Argon2Cost): string {
  const [salt, hash] = [16, 32].map((size) =>
    randomBytes(size).toString("base64").replace(/=+$/, ""),
  );
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${parallelism}$${salt}$${hash}`;
}

function isUsable(password: string): boolean {
  // Half a surrogate pair becomes U+FFFD in UTF-8, so that different passwords would be equal.
  return password !== "" && password.length <= 1_024 && !/\p{Surrogate}/u.test(password);
}

function requireWhole(option: string, value: number, min: number): void {
  if (!Number.isSafeInteger(value) || value < min) {
    throw new TypeError(`${option} must be a whole number of at least ${min}`);
  }
}
