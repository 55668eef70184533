// The tables of a family's rounds: what each subject adds to the framework, and what it asks its
// store.

import type { Sample, Samples } from "./measure.ts";
import { type Summary, summarize } from "./statistics.ts";
import { BARE, type Family, type Subject } from "./subject.ts";
import type { Scenario } from "./visitor.ts";

/** A family's subjects and their samples. */
export interface Measured {
  family: Family;
  subjects: readonly Subject[];
  samples: Samples;
}

const headings: Record<Family, string> = {
  express: "Express",
  fastify: "Fastify",
  koa: "Koa",
  hono: "Hono",
};
const columns: readonly Scenario[] = ["anonymous", "read", "write", "forged", "stale", "garbage"];

/** Markdown: a heading and two tables. */
export function familyReport(measured: Measured): string {
  const head = ["| |", ...columns.map((scenario) => ` ${scenario} |`)].join("");
  const rule = `|---|${columns.map(() => "---|").join("")}`;
  const lines = [
    `### ${headings[measured.family]}`,
    "",
    "CPU µs added per request:",
    "",
    head,
    rule,
  ];
  for (const subject of measured.subjects) {
    lines.push(row(subject, (scenario) => cpuCell(measured, subject, scenario)));
  }
  lines.push("", "Store calls, SQL statements or Redis commands per request:", "", head, rule);
  for (const subject of measured.subjects) {
    if (columns.every((scenario) => callsOf(measured, subject.name, scenario) === 0)) continue;
    lines.push(row(subject, (scenario) => callsCell(samplesOf(measured, subject.name, scenario))));
  }
  return lines.join("\n");
}

/** How many rounds counted. */
export function roundsOf({ samples }: Measured): number {
  return samples.read.get(BARE)?.length ?? 0;
}

/** CPU µs per request beyond the other subject's, in the same round. */
export function addedTo(
  measured: Measured,
  other: string,
  name: string,
  scenario: Scenario,
): number[] {
  const base = samplesOf(measured, other, scenario);
  return samplesOf(measured, name, scenario).map(
    ({ cpuUs }, round) => cpuUs - (base[round]?.cpuUs ?? Number.NaN),
  );
}

export function added(measured: Measured, name: string, scenario: Scenario): number[] {
  return addedTo(measured, BARE, name, scenario);
}

/** Calls and commands per request, all together. */
export function callsOf(measured: Measured, name: string, scenario: Scenario): number {
  const samples = samplesOf(measured, name, scenario);
  return sum(samples.flatMap(({ calls }) => Object.values(calls))) / Math.max(1, samples.length);
}

function samplesOf({ samples }: Measured, name: string, scenario: Scenario): readonly Sample[] {
  return samples[scenario].get(name) ?? [];
}

function row(subject: Subject, cell: (scenario: Scenario) => string): string {
  const name = subject.side === "ours" ? `**${subject.name}**` : subject.name;
  return `| ${name} | ${columns.map((scenario) => `${cell(scenario)} |`).join(" ")}`;
}

function cpuCell(measured: Measured, subject: Subject, scenario: Scenario): string {
  const own = samplesOf(measured, subject.name, scenario);
  if (own.length === 0) return "";
  if (subject.name === BARE)
    return `${summarize(own.map(({ cpuUs }) => cpuUs)).median.toFixed(0)} in all`;
  return show(summarize(added(measured, subject.name, scenario)));
}

function show({ median, low, high }: Summary): string {
  return `${median.toFixed(0)} (${low.toFixed(0)} to ${high.toFixed(0)})`;
}

function callsCell(samples: readonly Sample[]): string {
  if (samples.length === 0) return "";
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
