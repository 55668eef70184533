// The bars that this project sets itself, each with what was measured.

import { added, addedTo, callsOf, type Measured } from "./report.ts";
import { summarize } from "./statistics.ts";
import { BARE_AGAIN, type Keeping, type Subject } from "./subject.ts";
import { KEYS_20 } from "./subjects.ts";
import type { Scenario } from "./visitor.ts";

export interface Bar {
  text: string;
  held: boolean;
  measured: string;
}

const NOT_OURS: readonly Scenario[] = ["forged", "stale", "garbage"];
const FORGED_US = 5;

/** As a Markdown table. */
export function barsTable(bars: readonly Bar[]): string {
  const rows = bars.map(({ text, held, measured }) => {
    return `| ${held ? "held" : "**MISSED**"} | ${text} | ${measured} |`;
  });
  return ["| | bar | measured |", "|---|---|---|", ...rows].join("\n");
}

/** Those of one family, as far as its subjects were measured. */
export function barsOf(measured: Measured): Bar[] {
  const own = measured.subjects.filter(({ side }) => side === "ours");
  const keeping = (keeps: Keeping): Subject | undefined => own.find((one) => one.keeps === keeps);
  const bars = [
    shareBar(measured, keeping("memory"), ["memory", "database"], 1 / 3),
    shareBar(measured, keeping("redis"), ["redis"], 1 / 2),
    ...commandBars(measured, keeping("redis")),
    ...sealedBars(measured, keeping("cookie")),
    ...forgedBars(measured, own),
    anonymousBar(measured, own),
    keysBar(measured, own),
  ];
  return bars.filter((bar) => bar !== null);
}

/** A read against the best peer that keeps its data in a like place. */
function shareBar(
  measured: Measured,
  ours: Subject | undefined,
  against: readonly Keeping[],
  share: number,
): Bar | null {
  const peers = measured.subjects.filter(
    ({ side, keeps }) => side === "peer" && against.includes(keeps),
  );
  const [best] = peers.toSorted((a, b) => readUs(measured, a.name) - readUs(measured, b.name));
  return ours === undefined || best === undefined
    ? null
    : ratioBar(measured, ours, best.name, share);
}

function sealedBars(measured: Measured, ours: Subject | undefined): (Bar | null)[] {
  if (ours === undefined) return [];
  return [
    ratioBar(measured, ours, "iron-session", 1 / 4),
    ratioBar(measured, ours, "@fastify/secure-session", 1),
  ];
}

function ratioBar(measured: Measured, ours: Subject, peer: string, share: number): Bar | null {
  if (!measured.subjects.some(({ name }) => name === peer)) return null;
  const mine = readUs(measured, ours.name);
  const theirs = readUs(measured, peer);
  const atMost = share === 1 ? "less than" : `at most 1/${Math.round(1 / share)} of`;
  return {
    text: `${measured.family}: a read of ${ours.name} adds ${atMost} what ${peer} adds`,
    held: mine <= share * theirs,
    measured: `${(mine / theirs).toFixed(2)} (${us(mine)} to ${us(theirs)})`,
  };
}

function commandBars(measured: Measured, ours: Subject | undefined): Bar[] {
  if (ours === undefined) return [];
  const read = callsOf(measured, ours.name, "read");
  const write = callsOf(measured, ours.name, "write");
  const { family } = measured;
  return [
    {
      text: `${family}: a read on Redis is exactly one command`,
      held: Math.abs(read - 1) < 0.001,
      measured: read.toFixed(2),
    },
    {
      text: `${family}: a request that writes on Redis sends at most two commands`,
      held: write <= 2.001,
      measured: write.toFixed(2),
    },
    {
      text: `${family}: the write itself is one round trip, beyond the read`,
      held: write - read <= 1.001,
      measured: (write - read).toFixed(2),
    },
  ];
}

function forgedBars(measured: Measured, ours: readonly Subject[]): Bar[] {
  const cases = ours.flatMap(({ name }) =>
    NOT_OURS.map((scenario) => ({
      what: `${name}, ${scenario}`,
      addedUs: summarize(added(measured, name, scenario)).median,
      calls: callsOf(measured, name, scenario),
    })),
  );
  const [dearest] = cases.toSorted((a, b) => b.addedUs - a.addedUs);
  const [loudest] = cases.toSorted((a, b) => b.calls - a.calls);
  if (dearest === undefined || loudest === undefined) return [];
  const { family } = measured;
  return [
    {
      text: `${family}: a forged or garbage cookie adds at most ${FORGED_US} µs`,
      held: dearest.addedUs <= FORGED_US,
      measured: `at worst ${us(dearest.addedUs)} (${dearest.what})`,
    },
    {
      text: `${family}: a forged or garbage cookie causes no store call`,
      held: loudest.calls === 0,
      measured: String(loudest.calls),
    },
  ];
}

function anonymousBar(measured: Measured, ours: readonly Subject[]): Bar | null {
  const cases = ours.map(({ name }) => ({
    name,
    addedUs: summarize(added(measured, name, "anonymous")).median,
  }));
  const [dearest] = cases.toSorted((a, b) => b.addedUs - a.addedUs);
  if (dearest === undefined) return null;
  const noise = noiseUs(measured, "anonymous");
  return {
    text: `${measured.family}: an anonymous request costs what it costs without sessions`,
    held: dearest.addedUs <= noise,
    measured: `${us(dearest.addedUs)} more (${dearest.name}); noise ${us(noise)}`,
  };
}

function keysBar(measured: Measured, ours: readonly Subject[]): Bar | null {
  const many = ours.find(({ name }) => name === KEYS_20);
  const few = ours.find(({ name, keeps }) => keeps === "memory" && name !== KEYS_20);
  if (many === undefined || few === undefined) return null;
  const more = summarize(addedTo(measured, few.name, many.name, "read")).median;
  const noise = noiseUs(measured, "read");
  return {
    text: `${measured.family}: a read of a session of 20 keys costs what one of 2 keys costs`,
    held: more <= noise,
    measured: `${us(more)} more; noise ${us(noise)}`,
  };
}

/** By how much two of the same differ in one round in four. */
function noiseUs(measured: Measured, scenario: Scenario): number {
  return summarize(added(measured, BARE_AGAIN, scenario).map(Math.abs)).high;
}

function readUs(measured: Measured, name: string): number {
  return summarize(added(measured, name, "read")).median;
}

function us(value: number): string {
  return `${value.toFixed(1)} µs`;
}
