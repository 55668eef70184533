// Reads a stored password hash, whatever scheme it was made by.

import { readArgon2 } from "./hashes/argon2.ts";
import { readBcrypt } from "./hashes/bcrypt.ts";
import { readPbkdf2 } from "./hashes/pbkdf2.ts";
import { readScrypt } from "./hashes/scrypt.ts";
import { readShaCrypt } from "./hashes/sha-crypt.ts";
import type { StoredHash } from "./hashes/stored-hash.ts";

/**
 * @returns `null` for anything that isn't a hash, plain text above all.
 * @throws {HashError} `ERR_HASH_COST`
 */
export function readStoredHash(stored: string): StoredHash | null {
  if (stored.length > 1_024) return null;
  for (const read of [readArgon2, readBcrypt, readScrypt, readPbkdf2, readShaCrypt]) {
    const hash = read(stored);
    if (hash) return hash;
  }
  return null;
}
