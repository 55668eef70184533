// The rounds: in each one every subject gets one block of requests per scenario, in random order,
// so that whatever else the machine does falls on all of them alike. All processes are started
// several times: what the compiler and the memory layout happen to be differs from start to start.

import { pin } from "./pin.ts";
import type { RedisWatch } from "./redis-watch.ts";
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
}

/** One block: per request. */
export interface Sample {
  cpuUs: number;
  calls: Record<string, number>;
}

/** By scenario and subject: a sample per round. */
export type Samples = Record<Scenario, Map<string, Sample[]>>;

interface Running {
  subject: Subject;
  process: SubjectProcess;
  visitors: Visitor[];
  /** CPU time per request, as in the last block. */
  cpuUs: Record<Scenario, number>;
  /** Redis commands per request, as seen while warming up. */
  commands: Record<Scenario, Record<string, number>>;
}

// Enough that a subject always has a request to answer.
const VISITORS = 16;
const FIRST_GUESS_US = 300;
const MAX_BLOCK = 6_000;

/** @param subjects Of one family. */
export async function measure(
  subjects: readonly Subject[],
  plan: Plan,
  redis: RedisWatch | null,
  say: (line: string) => void,
): Promise<Samples> {
  const samples = perScenario(() => new Map(subjects.map(({ name }) => [name, [] as Sample[]])));
  if (!pin(process.pid, 0)) say("not pinned: expect noise");
  for (let number = 1; number <= plan.starts; number++) {
    say(`${subjects[0]?.family}: start ${number} of ${plan.starts}`);
    const running: Running[] = [];
    try {
      for (const subject of subjects) running.push(await start(subject, redis));
      await runRounds(running, plan, redis, samples);
    } finally {
      for (const subject of running) await stop(subject);
    }
  }
  return samples;
}

async function start(subject: Subject, redis: RedisWatch | null): Promise<Running> {
  const process = await startSubject(subject, redis?.url ?? "");
  pin(process.pid, 1);
  const visitors: Visitor[] = [];
  for (let count = 0; count < VISITORS; count++) {
    visitors.push(await Visitor.enter(process.port, subject.keeps !== "nothing"));
  }
  const cpuUs = perScenario(() => FIRST_GUESS_US);
  return { subject, process, visitors, cpuUs, commands: perScenario(() => ({})) };
}

async function stop({ process, visitors }: Running): Promise<void> {
  for (const visitor of visitors) visitor.leave();
  await process.stop();
}

async function runRounds(
  running: readonly Running[],
  plan: Plan,
  redis: RedisWatch | null,
  samples: Samples,
): Promise<void> {
  for (let round = 1 - plan.warmUpRounds; round <= plan.rounds; round++) {
    const warmingUp = round < 1;
    const blockMs = warmingUp ? plan.warmUpBlockMs : plan.blockMs;
    for (const scenario of shuffled(scenarios)) {
      for (const subject of shuffled(running)) {
        const watch = warmingUp && subject.subject.keeps === "redis" ? redis : null;
        const sample = await runBlock(subject, scenario, blockMs, watch);
        if (!warmingUp) samples[scenario].get(subject.subject.name)?.push(sample);
      }
    }
  }
}

async function runBlock(
  subject: Running,
  scenario: Scenario,
  blockMs: number,
  watch: RedisWatch | null,
): Promise<Sample> {
  const { process, visitors } = subject;
  const wanted = Math.round((blockMs * 1000) / subject.cpuUs[scenario]);
  const size = Math.min(Math.max(wanted, VISITORS), MAX_BLOCK);
  let left = size;
  const visit = async (): Promise<void> => {
    const asksRedis = subject.subject.keeps === "redis" && /read|write/.test(scenario);
    const sleep = asksRedis ? () => {} : stayAwake();
    await Promise.all(
      visitors.map(async (visitor) => {
        while (left-- > 0) await visitor.visit(scenario);
      }),
    ).finally(sleep);
  };
  const before = await process.usage();
  if (watch === null) await visit();
  else subject.commands[scenario] = perRequest(await watch.during(visit), size);
  const after = await process.usage();
  const cpuUs = (after.cpuUs - before.cpuUs) / size;
  subject.cpuUs[scenario] = cpuUs;
  const counted = Object.entries(after.calls).map(([name, total]) => {
    return [name, total - (before.calls[name] ?? 0)] as const;
  });
  const calls = perRequest(Object.fromEntries(counted.filter(([, count]) => count > 0)), size);
  return { cpuUs, calls: { ...calls, ...subject.commands[scenario] } };
}

/**
 * Keeps the load from sleeping: a subject would have to wake it with its answers, and the slower it
 * is, the more of them, which made every difference larger. Not beside Redis, which has the same core.
 */
function stayAwake(): () => void {
  let next = setImmediate(function again() {
    next = setImmediate(again);
  });
  return () => clearImmediate(next);
}

function perRequest(counts: Record<string, number>, requests: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, count / requests]),
  );
}

function perScenario<T>(make: () => T): Record<Scenario, T> {
  return {
    anonymous: make(),
    read: make(),
    write: make(),
    forged: make(),
    stale: make(),
    garbage: make(),
  };
}
