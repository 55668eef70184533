// The one error that hashing rejects with.

/**
 * - `ERR_HASH_BUSY`: too many passwords are waiting already; worth another try in a moment.
 * - `ERR_HASH_COST`: the stored hash asks for more work than any honest one; it was not tried.
 * - `ERR_HASH_PACKAGE`: the stored hash needs a package that is not installed.
 */
export type HashErrorCode = "ERR_HASH_BUSY" | "ERR_HASH_COST" | "ERR_HASH_PACKAGE";

/** A password could not be hashed or checked. The message never says what was in either. */
export class HashError extends Error {
  override readonly name = "HashError";
  readonly code: HashErrorCode;
  constructor(code: HashErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function isBusy(error: unknown): boolean {
  return error instanceof HashError && error.code === "ERR_HASH_BUSY";
}
