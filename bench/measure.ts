// The rounds: in each one every subject gets one block of requests per scenario, in random order,
// so that whatever else the machine does falls on all of them alike. All processes are started
// several times: what the compiler and the memory layout happen to be differs from start to start.

import { pin } from "./pin.ts";
import { shuffled } from "./statistics.ts";
import type { Subject } from "./subject.ts";
import { type SubjectProcess, startSubject } from "./subject-process.ts";
import { type Scenario, scenarios, Visitor } from "./visitor.ts";

export interface Plan {
  starts: number;
  /** Rounds after each start that don't count. */
  warmUpRounds: number;
  /** Rounds after each start that do. */
  rounds: number;
  /** CPU time of the subject that one block should take, milliseconds. */
  warmUpBlockMs: number;
  blockMs: number;
  /** After this long no more rounds are begun, milliseconds. */
  limitMs: number;
}

/** One block: per request. */
export interface Sample {
  cpuUs: number;
  calls: Record<string, number>;
}

/** By scenario and subject: a sample per round. */
export type Samples = Record<Scenario, Map<string, Sample[]>>;

interface Running {
  name: string;
  process: SubjectProcess;
  visitors: Visitor[];
  /** CPU time per request, as in the last block. */
  cpuUs: Record<Scenario, number>;
}

// Enough that a subject always has a request to answer.
const VISITORS = 16;
const FIRST_GUESS_US = 300;
const MAX_BLOCK = 6_000;

export async function measure(
  subjects: readonly Subject[],
  plan: Plan,
  say: (line: string) => void,
): Promise<Samples> {
  const none = (): Map<string, Sample[]> => new Map(subjects.map(({ name }) => [name, []]));
  const samples: Samples = {
    anonymous: none(),
    read: none(),
    stale: none(),
    forged: none(),
    write: none(),
  };
  if (!pin(process.pid, 0)) say("not pinned: expect noise");
  const begin = performance.now();
  for (let number = 1; number <= plan.starts; number++) {
    say(`start ${number} of ${plan.starts}`);
    const endAt = begin + (plan.limitMs * number) / plan.starts;
    const running: Running[] = [];
    try {
      for (const { name } of subjects) running.push(await start(name));
      await runRounds(running, plan, endAt, samples);
    } finally {
      for (const subject of running) await stop(subject);
    }
  }
  return samples;
}

async function start(name: string): Promise<Running> {
  const process = await startSubject(name);
  pin(process.pid, 1);
  const visitors: Visitor[] = [];
  for (let count = 0; count < VISITORS; count++) {
    visitors.push(await Visitor.enter(process.port, name !== "bare"));
  }
  const guess = FIRST_GUESS_US;
  const cpuUs = { anonymous: guess, read: guess, stale: guess, forged: guess, write: guess };
  return { name, process, visitors, cpuUs };
}

async function stop({ process, visitors }: Running): Promise<void> {
  for (const visitor of visitors) visitor.leave();
  await process.stop();
}

async function runRounds(
  running: readonly Running[],
  plan: Plan,
  endAt: number,
  samples: Samples,
): Promise<void> {
  for (let round = 1 - plan.warmUpRounds; round <= plan.rounds; round++) {
    if (performance.now() > endAt) return;
    const blockMs = round < 1 ? plan.warmUpBlockMs : plan.blockMs;
    for (const scenario of shuffled(scenarios)) {
      for (const subject of shuffled(running)) {
        const sample = await runBlock(subject, scenario, blockMs);
        if (round >= 1) samples[scenario].get(subject.name)?.push(sample);
      }
    }
  }
}

async function runBlock(subject: Running, scenario: Scenario, blockMs: number): Promise<Sample> {
  const { process, visitors } = subject;
  const wanted = Math.round((blockMs * 1000) / subject.cpuUs[scenario]);
  const size = Math.min(Math.max(wanted, VISITORS), MAX_BLOCK);
  let left = size;
  const before = await process.usage();
  await Promise.all(
    visitors.map(async (visitor) => {
      while (left-- > 0) await visitor.visit(scenario);
    }),
  );
  const after = await process.usage();
  const cpuUs = (after.cpuUs - before.cpuUs) / size;
  subject.cpuUs[scenario] = cpuUs;
  const calls: Record<string, number> = {};
  for (const [name, total] of Object.entries(after.calls)) {
    const count = total - (before.calls[name] ?? 0);
    if (count > 0) calls[name] = count / size;
  }
  return { cpuUs, calls };
}
