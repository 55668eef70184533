// Tries at one account from one network go one after another in this process, so that each sees what
// the one before it was counted as. Side by side, they would have to be refused as possible failures.

export interface AccountLane {
  /** Runs a try when its predecessors are done; `null` when too many are waiting. */
  run<T>(lane: string, attempt: () => Promise<T>): Promise<T | null>;
}

const MAX_WAITING = 100;

export function createAccountLane(): AccountLane {
  const lanes = new Map<string, { tail: Promise<unknown>; length: number }>();
  return {
    async run(name, attempt) {
      const lane = lanes.get(name) ?? { tail: Promise.resolve(), length: 0 };
      if (lane.length >= MAX_WAITING) return null;
      lanes.set(name, lane);
      lane.length += 1;
      const turn = lane.tail.then(attempt);
      lane.tail = turn.catch(() => {});
      try {
        return await turn;
      } finally {
        lane.length -= 1;
        if (lane.length === 0) lanes.delete(name);
      }
    },
  };
}
