// Writers of one record in this process stand in line, each starting from what the one before it
// wrote. Between processes the record's version decides; the queue only saves the retries.

/** Runs a write when all earlier ones of this record are done. */
export type WriteQueue<Written> = (
  id: string,
  write: (latest: Written | null) => Promise<Written>,
) => Promise<Written>;

interface Lane<Written> {
  tail: Promise<unknown>;
  latest: Written | null;
  length: number;
}

export function createWriteQueue<Written>(): WriteQueue<Written> {
  const lanes = new Map<string, Lane<Written>>();
  return async (id, write) => {
    const lane = lanes.get(id) ?? { tail: Promise.resolve(), latest: null, length: 0 };
    lanes.set(id, lane);
    lane.length += 1;
    const turn = lane.tail.then(() => write(lane.latest));
    lane.tail = turn.then(
      (written) => {
        lane.latest = written;
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
