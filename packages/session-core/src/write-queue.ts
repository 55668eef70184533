// Writers of one record in this process stand in line, each starting from what the one before it
// wrote. Between processes the record's version decides; the queue only saves the retries.

import type { StoredRecord } from "./store.ts";

/** Runs a write when all earlier ones of this record are done. */
export type WriteQueue = (
  id: string,
  write: (latest: StoredRecord | null) => Promise<StoredRecord>,
) => Promise<StoredRecord>;

interface Lane {
  tail: Promise<unknown>;
  latest: StoredRecord | null;
  length: number;
}

export function createWriteQueue(): WriteQueue {
  const lanes = new Map<string, Lane>();
  return async (id, write) => {
    const lane = lanes.get(id) ?? { tail: Promise.resolve(), latest: null, length: 0 };
    lanes.set(id, lane);
    lane.length += 1;
    const turn = lane.tail.then(() => write(lane.latest));
    lane.tail = turn.then(
      (record) => {
        lane.latest = record;
      },
      () => {
        lane.latest = null;
      },
    );
    try {
      return await turn;
    } finally {
      lane.length -= 1;
      if (lane.length === 0) lanes.delete(id);
    }
  };
}
