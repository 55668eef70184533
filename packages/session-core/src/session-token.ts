// What the session cookie carries: `id.generation.mac`.

import type { KeyRing } from "./key-ring.ts";

/** Which record, and how often it had been rotated when the cookie was written. */
export interface SessionToken {
  id: string;
  generation: number;
}

/** 144 bits, 24 base64url characters. */
export const SESSION_ID_BYTES = 18;

const shape = /^([A-Za-z0-9_-]{24})\.([1-9]\d{0,8})\.([A-Za-z0-9_-]{43})$/;

/** Refuses most garbage for next to nothing. */
export function hasTokenLength(value: string): boolean {
  return value.length >= 24 + 1 + 1 + 1 + 43 && value.length <= 24 + 1 + 9 + 1 + 43;
}

/** The signature covers the cookie's name too: two apps with one secret don't share sessions. */
export function formatSessionToken(ring: KeyRing, cookieName: string, token: SessionToken): string {
  const text = `${token.id}.${token.generation}`;
  return `${text}.${ring.sign("session", `${cookieName}=${text}`)}`;
}

/** `null` for whatever we did not write ourselves; the store is never asked about it. */
export function parseSessionToken(
  ring: KeyRing,
  cookieName: string,
  value: string,
): SessionToken | null {
  const match = shape.exec(value);
  const [, id, generation, mac] = match ?? [];
  if (id === undefined || generation === undefined || mac === undefined) return null;
  if (!ring.verify("session", `${cookieName}=${id}.${generation}`, mac)) return null;
  return { id, generation: Number(generation) };
}

/** Whether text from outside can be the id of a session at all. */
export function isSessionId(text: string): boolean {
  return /^[A-Za-z0-9_-]{24}$/.test(text);
}
