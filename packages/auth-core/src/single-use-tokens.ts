// What is behind a link in a mail: kept in a store under a hash of the link's token, taken once.

import { createHash, randomBytes } from "node:crypto";
import type { Store } from "@latchkey/session-core";

export interface SingleUseTokens {
  /**
   * Keeps a value under a token.
   *
   * @param token From {@link newToken}; nobody but who takes the value should know it.
   * @param expiresAt Epoch milliseconds.
   * @returns `false` when there is something under it already.
   */
  keep(token: string, value: Record<string, unknown>, expiresAt: number): Promise<boolean>;
  /** Looks without taking; `null` when it is not there, expired or taken. */
  read(token: string): Promise<Record<string, unknown> | null>;
  /** Takes the value: of many callers at once, in any number of processes, exactly one gets it. */
  take(token: string): Promise<Record<string, unknown> | null>;
}

/** 192 random bits that may stand in an address. */
export function newToken(): string {
  return randomBytes(24).toString("base64url");
}

/**
 * Values that can be taken once.
 *
 * @param purpose What they are for, e.g. `reset:db`: what was kept for another purpose isn't found.
 */
export function createSingleUseTokens(
  store: Store,
  purpose: string,
  now: () => number = Date.now,
): SingleUseTokens {
  // The token itself is not in the store: who reads a dump of it can't follow the link.
  const idOf = (token: string): string =>
    `token:${purpose}:${createHash("sha256").update(token).digest("base64url")}`;

  async function read(token: string): Promise<Record<string, unknown> | null> {
    if (!shape.test(token)) return null;
    const record = await store.get(idOf(token));
    return record === null ? null : objectIn(record.data);
  }

  return {
    read,
    keep(token, value, expiresAt) {
      const at = now();
      const data = JSON.stringify(value);
      const id = idOf(token);
      return store.create({
        id,
        owner: null,
        data,
        createdAt: at,
        seenAt: at,
        expiresAt,
        version: 1,
      });
    },
    async take(token) {
      const value = await read(token);
      return value !== null && (await store.delete(idOf(token))) ? value : null;
    },
  };
}

const shape = /^[\w-]{32}$/;

function objectIn(data: string): Record<string, unknown> | null {
  const value: unknown = JSON.parse(data);
  return typeof value === "object" && value !== null ? { ...value } : null;
}
