// The one error that sending mail rejects with.

/**
 * - `ERR_MAIL_MESSAGE`: the message is not one: an address, a header or a placeholder is wrong.
 * - `ERR_MAIL_REFUSED`: the server refused it for good.
 * - `ERR_MAIL_UNAVAILABLE`: the server could not be reached, was too slow or said to try later.
 */
export type MailErrorCode = "ERR_MAIL_MESSAGE" | "ERR_MAIL_REFUSED" | "ERR_MAIL_UNAVAILABLE";

/** A mail was not sent. The message never says to whom, nor what was in it. */
export class MailError extends Error {
  override readonly name = "MailError";
  readonly code: MailErrorCode;
  constructor(code: MailErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
