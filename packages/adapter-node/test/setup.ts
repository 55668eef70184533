// One application set up the same way in every test.

import { simpleLogin } from "@latchkey/auth-simple";
import type { Store } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { asJson } from "@latchkey/tools/test-client";
import { type Latchkey, type LatchkeyOptions, latchkey } from "../src/index.ts";

export interface User {
  id: string;
  [attribute: string]: unknown;
}

export type Data = Record<string, unknown>;
const keys: string[] = ["a-secret-of-the-tests-0123456789abcdef"];

export function setUp(options: Partial<LatchkeyOptions<User>> = {}): Latchkey<User, Data> {
  return latchkey<User, Data>({ store: memoryStore(), keys, onError: () => {}, ...options });
}

export const login = simpleLogin({
  credentials: { alpha: { password: "secret", role: "admin" }, beta: "secret2" },
});

/** A store of which single methods behave differently; the rest is a real one. */
export function storeWith(changes: Partial<Store>, base: Store = memoryStore()): Store {
  return { ...base, ...changes };
}

export const alpha = asJson({ user: "alpha", password: "secret" });
