// A password hasher that costs next to nothing.

import { createPasswordHasher, type PasswordHasher } from "../src/index.ts";

export const hasher: PasswordHasher = createPasswordHasher({
  memoryKiB: 64,
  passes: 1,
  allowWeak: true,
  queueLimit: 1_000,
});
