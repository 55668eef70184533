// A code that was sent and not yet typed: what is kept of it, and how it is checked.

import { createHmac, randomInt, timingSafeEqual } from "node:crypto";

/** What the store knows. */
export interface PendingCode {
  address: string;
  /** An HMAC of the code by the random key that only the form and the mail have. */
  mac: string;
  /** How often it was mistyped. */
  failures: number;
  /** Epoch milliseconds. */
  expiresAt: number;
}

/** Random digits. */
export function newCode(size: number): string {
  return String(randomInt(10 ** size)).padStart(size, "0");
}

/** The six digits alone would be guessed from a plain hash in no time. */
export function macOf(key: string, address: string, code: string): string {
  return createHmac("sha256", key).update(`login code\0${address}\0${code}`).digest("base64url");
}

/** Blanks and dashes are how people group digits. */
export function isCode(pending: PendingCode, key: string, typed: string): boolean {
  const mac = macOf(key, pending.address, typed.replaceAll(/[\s-]/g, ""));
  const [given, expected] = [Buffer.from(mac), Buffer.from(pending.mac)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** @returns `null` for what is no pending code, or not any more. */
export function readPendingCode(
  value: Record<string, unknown> | null,
  now: number,
): PendingCode | null {
  const { address, mac, failures, expiresAt } = value ?? {};
  if (typeof address !== "string" || typeof mac !== "string") return null;
  if (typeof failures !== "number" || typeof expiresAt !== "number") return null;
  return now < expiresAt ? { address, mac, failures, expiresAt } : null;
}
