// What the applications of every adapter's tests are made of.

import { setTimeout as sleep } from "node:timers/promises";
import { simpleLogin } from "@latchkey/auth-simple";
import { type Store, StoreError } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { asJson } from "@latchkey/tools/test-client";

export { asJson };

export interface User {
  id: string;
  [attribute: string]: unknown;
}

export type Data = Record<string, unknown>;

interface Settings {
  store: Store;
  keys: string[];
  onError: () => void;
}

/** Options of an adapter, with a store of its own. */
export function settings(): Settings {
  const keys = ["a-secret-of-the-tests-0123456789abcdef"];
  return { store: memoryStore(), keys, onError: () => {} };
}

export const login = simpleLogin({
  credentials: { alpha: { password: "secret", role: "admin" }, beta: "secret2" },
});

/** The login of a program. */
export const alpha = asJson({ user: "alpha", password: "secret" });

export const html = { accept: "text/html" };
export const json = { accept: "application/json" };

/** A store of which single methods behave differently; the rest is a real one. */
export function storeWith(changes: Partial<Store>, base: Store = memoryStore()): Store {
  return { ...base, ...changes };
}

/** How a method of a store fails while it can't be reached. */
export function away(): Promise<never> {
  return Promise.reject(new StoreError("ERR_STORE_UNAVAILABLE", "the store is away"));
}

/** Writes take a while, and may fail then. */
export function slowStore(fails = false): Store {
  const inner = memoryStore();
  const create: Store["create"] = async (record) => {
    await sleep(20);
    if (fails) throw new StoreError("ERR_STORE_UNAVAILABLE", "the store is away");
    return inner.create(record);
  };
  return storeWith({ create }, inner);
}
