// The faults of sessions at run time.

/**
 * - `ERR_SESSION_ENDED`: it was logged out, rotated or revoked while this request was under way;
 *   nothing was written.
 * - `ERR_SESSION_CONFLICT`: others wrote it so often that this write found no gap.
 * - `ERR_SESSION_DATA`: a value is not JSON, or what is stored is damaged.
 * - `ERR_SESSION_LATE`: a cookie is needed, but the response's head has been sent.
 * - `ERR_COOKIE_TOO_LARGE`: browsers would drop the cookie without a word.
 */
export type SessionErrorCode =
  | "ERR_SESSION_ENDED"
  | "ERR_SESSION_CONFLICT"
  | "ERR_SESSION_DATA"
  | "ERR_SESSION_LATE"
  | "ERR_COOKIE_TOO_LARGE";

/** A session could not do what was asked. Never says what was in it. */
export class SessionError extends Error {
  override readonly name = "SessionError";
  readonly code: SessionErrorCode;
  constructor(code: SessionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function sessionEnded(): SessionError {
  return new SessionError(
    "ERR_SESSION_ENDED",
    "the session was logged out, rotated or revoked meanwhile; nothing was written",
  );
}

export function isEnded(error: unknown): boolean {
  return error instanceof SessionError && error.code === "ERR_SESSION_ENDED";
}
