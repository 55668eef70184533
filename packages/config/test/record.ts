// A record that lives for a minute.

import type { StoredRecord } from "@latchkey/session-core";

export const record: StoredRecord = {
  id: "session:a",
  owner: null,
  data: "{}",
  createdAt: 1,
  seenAt: 1,
  expiresAt: Date.now() + 60_000,
  version: 1,
};
