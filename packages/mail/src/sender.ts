// Who a mail comes from: `ann@example.com` or `Ann Example <ann@example.com>`.

import { mailAddress } from "./mail-address.ts";

export interface Sender {
  name: string;
  address: string;
}

/**
 * For options that name a sender: a wrong one is said at the start, not by the first mail.
 *
 * @throws {TypeError} That names the option.
 */
export function checkSender(from: unknown, option = "from"): void {
  if (readSender(from) === null) {
    throw new TypeError(`${option} must be 'address' or 'Name <address>'`);
  }
}

/** @returns `null` when the text is neither form. */
export function readSender(text: unknown): Sender | null {
  if (typeof text !== "string") return null;
  const [, name = "", inner = text] = /^([^<>]*?)\s*<([^<>]*)>$/.exec(text) ?? [];
  const address = mailAddress(inner);
  if (address === null || /\p{Cc}/u.test(name)) return null;
  return { name: name.replace(/^"(.*)"$/, "$1"), address };
}
