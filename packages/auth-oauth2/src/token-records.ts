// Tokens in a store: one record for each login, owned by its user.

import type { Store, StoredRecord } from "@latchkey/session-core";
import type { TokenSet } from "./token-request.ts";

const LIFETIME_MS = 30 * 86_400_000;

export interface HeldTokens extends TokenState {
  id: string;
  record: StoredRecord;
}

interface TokenState {
  tokens: TokenSet;
  /** Epoch milliseconds until which one process alone may refresh them; 0 for nobody. */
  leaseUntil: number;
}

interface TokenRecords {
  create(id: string, userId: string, tokens: TokenSet): Promise<void>;
  get(id: string): Promise<HeldTokens | null>;
  /** `null` when someone else wrote it in the meantime, or it is gone. */
  replace(held: HeldTokens, next: TokenState): Promise<HeldTokens | null>;
  delete(id: string): Promise<boolean>;
  deleteOf(userId: string): Promise<number>;
}

export function createTokenRecords(
  store: Store | null,
  name: string,
  now: () => number,
): TokenRecords {
  const recordId = (id: string): string => `oauth2:${name}:tokens:${id}`;
  const ownerOf = (userId: string): string => `oauth2:${name}:${userId}`;
  const backend = (): Store => {
    if (store === null) throw new TypeError("the tokens are not in a store: set `store`");
    return store;
  };

  return {
    async create(id, userId, tokens) {
      const at = now();
      const state: TokenState = { tokens, leaseUntil: 0 };
      await backend().create({
        id: recordId(id),
        owner: ownerOf(userId),
        data: JSON.stringify(state),
        createdAt: at,
        seenAt: at,
        expiresAt: at + LIFETIME_MS,
        version: 1,
      });
    },
    async get(id) {
      const record = await backend().get(recordId(id));
      if (record === null) return null;
      const { tokens, leaseUntil }: TokenState = JSON.parse(record.data);
      return { id, record, tokens, leaseUntil };
    },
    async replace({ id, record }, { tokens, leaseUntil }) {
      const next: StoredRecord = {
        ...record,
        data: JSON.stringify({ tokens, leaseUntil }),
        seenAt: now(),
        expiresAt: now() + LIFETIME_MS,
        version: record.version + 1,
      };
      return (await backend().replace(next)) ? { id, record: next, tokens, leaseUntil } : null;
    },
    delete: async (id) => backend().delete(recordId(id)),
    deleteOf: async (userId) => backend().deleteByOwner(ownerOf(userId)),
  };
}
