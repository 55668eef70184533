// Tries at one account from one network go one after another in this process, so that each sees what
// the one before it was counted as. Side by side, they would have to be refused as possible failures.

export interface AccountLane<Outcome> {
  /** Runs a try when its predecessors are done; `null` when they are too many, or take too long. */
  run(lane: string, attempt: () => Promise<Outcome>): Promise<Outcome | null>;
}

interface Lane<Outcome> {
  tail: Promise<unknown>;
  length: number;
  /** What all that still wait are told. */
  verdict: Outcome | null;
}

const MAX_WAITING = 100;
const MAX_WAIT_MS = 5_000;

/** @param verdictOf What a try's outcome means to those who wait behind it; `null`: try for yourself. */
export function createAccountLane<Outcome>(
  verdictOf: (outcome: Outcome) => Outcome | null,
): AccountLane<Outcome> {
  const lanes = new Map<string, Lane<Outcome>>();

  function leave(name: string, lane: Lane<Outcome>): void {
    lane.length -= 1;
    if (lane.length === 0) lanes.delete(name);
  }

  return {
    async run(name, attempt) {
      const lane = lanes.get(name) ?? { tail: Promise.resolve(), length: 0, verdict: null };
      if (lane.length >= MAX_WAITING) return null;
      lanes.set(name, lane);
      lane.length += 1;
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), MAX_WAIT_MS);

      const turn = lane.tail.then(async () => {
        clearTimeout(timer);
        if (late.signal.aborted || lane.verdict !== null) return lane.verdict;
        const outcome = await attempt();
        lane.verdict = verdictOf(outcome);
        return outcome;
      });
      lane.tail = turn.catch(() => {}).then(() => leave(name, lane));

      const tired = new Promise<null>((resolve) => {
        late.signal.addEventListener("abort", () => resolve(null));
      });
      return Promise.race([turn, tired]);
    },
  };
}
