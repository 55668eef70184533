// What sends a short message, and the one error that it rejects with.

/** One short message. */
export interface SmsMessage {
  /** E.164, e.g. `+919741552552`. */
  to: string;
  text: string;
}

/** Sends short messages. */
export interface SmsService {
  /** Resolves once the provider has taken the message. Rejects otherwise, best with a {@link SmsError}. */
  send(message: SmsMessage): Promise<void>;
}

/**
 * - `ERR_SMS_REFUSED`: the provider took the request for wrong: credentials, sender or number.
 * - `ERR_SMS_UNAVAILABLE`: the provider could not be reached, was too slow or said to try later.
 */
export type SmsErrorCode = "ERR_SMS_REFUSED" | "ERR_SMS_UNAVAILABLE";

/** A message was not sent. The error never says to whom, nor what was in it. */
export class SmsError extends Error {
  override readonly name = "SmsError";
  readonly code: SmsErrorCode;
  constructor(code: SmsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
