// Notes of the old sessions that are moved, so that none is lost half-way, and none is good for ever.

import { createHash } from "node:crypto";
import { durationMs, type Store } from "@latchkey/session-core";
import type { FoundSession, OldSession } from "./old-cookie.ts";

export interface MovedNote<Payload> {
  /** Who it was; `null` where the old session was ended without a login. */
  payload: Payload | null;
  /** When the old session would have ended: epoch ms, `null` where it has no end of its own. */
  expiresAt: number | null;
  /** Epoch ms; `null` while the move is under way, or was left half-way by a process that is gone. */
  doneAt: number | null;
}

export interface MovedNotes<Payload> {
  /** `"over"` once the move was done too long ago. */
  recall(found: FoundSession): Promise<MovedNote<Payload> | "over" | "never moved">;
  /** From now on the old session may be ended: the note has what the new one needs. */
  begin(
    found: FoundSession,
    old: OldSession,
    payload: Payload | null,
  ): Promise<MovedNote<Payload> | "over">;
  /** The moment begins; after it the old session is as good as gone. */
  finish(found: FoundSession, note: MovedNote<Payload>): Promise<void>;
}

/** How long requests that were sent along with the last one may still use the old cookie. */
const GRACE_MS = durationMs("10s");
/** What `'browser'` would have given the new session, had the move not been left half-way. */
const BROWSER_MS = durationMs("1d");
/** RFC 6265bis §5.5: browsers cut every cookie to 400 days. */
const ENDLESS_MS = durationMs("400d");

export function createMovedNotes<Payload>(store: Store, now: () => number): MovedNotes<Payload> {
  async function recall(found: FoundSession): Promise<MovedNote<Payload> | "over" | "never moved"> {
    const record = await store.get(idOf(found));
    if (record === null) return "never moved";
    const note: MovedNote<Payload> = JSON.parse(record.data); // It was written as one.
    return note.doneAt !== null && now() - note.doneAt >= GRACE_MS ? "over" : note;
  }

  return {
    recall,
    async begin(found, { expiresAt }, payload) {
      const note: MovedNote<Payload> = { payload, expiresAt, doneAt: null };
      if (await store.create(recordOf(found, note, now(), 1))) return note;
      // A parallel request was faster, or an earlier one got no further.
      const earlier = await recall(found);
      if (earlier === "never moved" || earlier === "over") return "over";
      // What was ended without a login stays so; of two answers of `toUser`, this is the newer one.
      return earlier.payload === null || payload === null ? earlier : { ...earlier, payload };
    },
    async finish(found, note) {
      const doneAt = now();
      // Where a parallel request was faster, its moment counts.
      await store.replace(recordOf(found, { ...note, doneAt }, doneAt, 2));
    },
  };
}

function recordOf<Payload>(
  found: FoundSession,
  note: MovedNote<Payload>,
  time: number,
  version: 1 | 2,
): Parameters<Store["create"]>[0] {
  const canLogIn = note.doneAt === null && note.payload !== null;
  const endsAt = note.expiresAt ?? time + (canLogIn ? BROWSER_MS : ENDLESS_MS);
  return {
    id: idOf(found),
    owner: null,
    data: JSON.stringify(note),
    createdAt: time,
    seenAt: time,
    expiresAt: Math.max(endsAt, time + GRACE_MS),
    version,
  };
}

/** Nothing of the old cookie can be read from the store. */
function idOf(found: FoundSession): string {
  return `moved:${createHash("sha256").update(found.key).digest("base64url")}`;
}
