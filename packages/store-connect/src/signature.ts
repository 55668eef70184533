// Old signatures, checked in constant time.

import { createHmac, timingSafeEqual } from "node:crypto";

/** Whether `mac` is how one of these secrets signs `text`, in this spelling. */
export function isSigned(
  hash: "sha1" | "sha256",
  encoding: "base64" | "base64url",
  secrets: readonly string[],
  text: string,
  mac: string,
): boolean {
  const given = Buffer.from(mac);
  for (const secret of secrets) {
    // Both cookie-signature and keygrip leave out the padding.
    const digest = createHmac(hash, secret).update(text).digest(encoding).replace(/=+$/, "");
    const expected = Buffer.from(digest);
    if (given.length === expected.length && timingSafeEqual(given, expected)) return true;
  }
  return false;
}

/** @throws {TypeError} When there is none: an empty secret would make every forgery genuine. */
export function checkedSecrets(secrets: string | readonly string[], option: string): string[] {
  const list = typeof secrets === "string" ? [secrets] : [...secrets];
  if (list.length > 0 && list.every((one) => typeof one === "string" && one !== "")) return list;
  throw new TypeError(`${option} must be the old application's secret, or a list of its secrets`);
}
