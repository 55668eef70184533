// Notes of the old sessions that were moved, so that no copy of an old cookie is good for ever.

import { createHash } from "node:crypto";
import { durationMs, type Store } from "@latchkey/session-core";
import type { FoundSession, OldSession } from "./old-cookie.ts";

export interface MovedNote<Payload> {
  /** Who it was; `null` where the old session was ended without a login. */
  payload: Payload | null;
  /** When the old session would have ended: epoch ms, `null` where it has no end of its own. */
  expiresAt: number | null;
}

export interface MovedNotes<Payload> {
  /** `"over"` once the session was moved too long ago. */
  recall(found: FoundSession): Promise<MovedNote<Payload> | "over" | "never moved">;
  /** From now on the old session is as good as gone. */
  write(found: FoundSession, old: OldSession, payload: Payload | null): Promise<MovedNote<Payload>>;
}

/** How long requests that were sent along with the first one may still use the old cookie. */
const GRACE_MS = durationMs("10s");
/** RFC 6265bis §5.5: browsers cut every cookie to 400 days. */
const ENDLESS_MS = durationMs("400d");

export function createMovedNotes<Payload>(store: Store, now: () => number): MovedNotes<Payload> {
  return {
    async recall(found) {
      const record = await store.get(idOf(found));
      if (record === null) return "never moved";
      if (now() - record.createdAt >= GRACE_MS) return "over";
      const note: MovedNote<Payload> = JSON.parse(record.data); // It was written as one.
      return note;
    },
    async write(found, { expiresAt }, payload) {
      const time = now();
      const note: MovedNote<Payload> = { payload, expiresAt };
      // Where a parallel request was faster, its note is as good.
      await store.create({
        id: idOf(found),
        owner: null,
        data: JSON.stringify(note),
        createdAt: time,
        seenAt: time,
        expiresAt: Math.max(expiresAt ?? time + ENDLESS_MS, time + GRACE_MS),
        version: 1,
      });
      return note;
    },
  };
}

/** Nothing of the old cookie can be read from the store. */
function idOf(found: FoundSession): string {
  return `moved:${createHash("sha256").update(found.key).digest("base64url")}`;
}
