// The tables, and whether the bars hold.

import type { Sample, Samples } from "./measure.ts";
import { type Summary, summarize } from "./statistics.ts";
import { type Scenario, scenarios } from "./visitor.ts";

const titles: Record<Scenario, string> = {
  anonymous: "anonymous: no cookie",
  read: "read: logged in, reads the user's id and one key",
  stale: "stale: a cookie with a wrong signature, the same again and again",
  forged: "forged: a cookie with a wrong signature, another one each time",
  write: "write: logged in, changes one key",
};
const OURS = "latchkey-memory";
const PEER = "express-session";
const WRITES = ["create", "replace", "delete", "deleteByOwner"];

/** One Markdown table per scenario. */
export function tables(samples: Samples): string {
  return scenarios.map((scenario) => table(titles[scenario], samples[scenario])).join("\n\n");
}

function table(title: string, bySubject: Map<string, Sample[]>): string {
  const bare = bySubject.get("bare") ?? [];
  const lines = [
    `**${title}**`,
    "",
    "| | CPU µs per request | × bare | µs added | store calls per request |",
    "|---|---|---|---|---|",
  ];
  for (const [name, own] of bySubject) {
    const cpu = show(summarize(own.map(({ cpuUs }) => cpuUs)), 0);
    const ratio = show(summarize(paired(own, bare, (a, b) => a / b)), 2);
    const added = show(summarize(paired(own, bare, (a, b) => a - b)), 0);
    const versus = name === "bare" ? "— | —" : `${ratio} | ${added}`;
    lines.push(`| ${name} | ${cpu} | ${versus} | ${showCalls(own)} |`);
  }
  return lines.join("\n");
}

/** The bars that this project sets itself, each with what was measured. */
export function bars(samples: Samples): string[] {
  const ours = samples.read.get(OURS) ?? [];
  const forged = samples.forged.get(OURS) ?? [];
  if (ours.length === 0) return [];
  const written = ours.flatMap(({ calls }) => WRITES.map((name) => calls[name] ?? 0));
  const answered = forged.flatMap(({ calls }) => Object.values(calls));
  const lines = [
    bar("a forged cookie causes no store call", sum(answered) === 0, sum(answered)),
    bar("an unchanged session causes no write", sum(written) === 0, sum(written)),
  ];
  const peer = samples.read.get(PEER);
  const bare = samples.read.get("bare") ?? [];
  if (peer === undefined) return lines;
  const addedByPeer = paired(peer, bare, (a, b) => a - b);
  const addedByOurs = paired(ours, bare, (a, b) => a - b);
  const share = summarize(addedByOurs.map((added, round) => added / (addedByPeer[round] ?? 0)));
  const text = `read adds at most half of what ${PEER} adds`;
  return [bar(text, share.median <= 0.5, show(share, 2)), ...lines];
}

function bar(text: string, held: boolean, measured: string | number): string {
  return `${held ? "held  " : "MISSED"} ${text}: ${measured}`;
}

function paired(
  own: readonly Sample[],
  bare: readonly Sample[],
  compare: (own: number, bare: number) => number,
): number[] {
  return own.map(({ cpuUs }, round) => compare(cpuUs, bare[round]?.cpuUs ?? Number.NaN));
}

function show({ median, low, high }: Summary, digits: number): string {
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}

function showCalls(samples: readonly Sample[]): string {
  const names = new Set(samples.flatMap(({ calls }) => Object.keys(calls)));
  const texts = [...names].map((name) => {
    const mean = sum(samples.map(({ calls }) => calls[name] ?? 0)) / samples.length;
    return `${name} ${mean < 0.01 ? "< 0.01" : mean.toFixed(2).replace(/\.?0+$/, "")}`;
  });
  return texts.length === 0 ? "0" : texts.join(", ");
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
