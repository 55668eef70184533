// Measures what sessions cost a server, beside other libraries. See README.md for the options.

import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { type Bar, barsOf, barsTable } from "./bars.ts";
import { installPeers } from "./install-peers.ts";
import { measure, type Plan } from "./measure.ts";
import { weigh, weightBar, weightsTable } from "./memory.ts";
import { profile } from "./profile.ts";
import { writeSection } from "./readme.ts";
import { startRedisWatch } from "./redis-watch.ts";
import { familyReport, type Measured, roundsOf } from "./report.ts";
import { scalePlot } from "./scale/plot.ts";
import { measureScale, scaleTable } from "./scale/scale.ts";
import { type Family, families, keyOf } from "./subject.ts";
import { subjects } from "./subjects.ts";

const plans = {
  quick: { starts: 1, warmUpRounds: 2, warmUpBlockMs: 60, rounds: 4, blockMs: 25 },
  usual: { starts: 2, warmUpRounds: 2, warmUpBlockMs: 90, rounds: 5, blockMs: 35 },
  full: { starts: 3, warmUpRounds: 4, warmUpBlockMs: 200, rounds: 10, blockMs: 60 },
} satisfies Record<string, Plan>;
const SESSIONS = 100_000;

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    family: { type: "string", default: families.join(",") },
    only: { type: "string", default: "" },
    parts: { type: "string" },
    profile: { type: "string" },
    scenario: { type: "string", default: "read" },
  },
});

const whole = values.only === "" && values.family === families.join(",");
if (values.write && !whole) throw new TypeError("--write is for all frameworks and subjects");
if (values.profile === undefined) await runParts();
else console.log(await profile(values.profile, values.scenario, say));

async function runParts(): Promise<void> {
  const usual = values.quick || values.only !== "" ? "requests" : "requests,memory";
  const parts = (values.parts ?? (values.full ? "requests,memory,scale" : usual)).split(",");
  const peers = parts.includes("requests") || parts.includes("memory") ? installPeers(say) : {};
  const bars: Bar[] = [];
  if (parts.includes("requests")) {
    const results = await measureFamilies();
    const reports = results.map((measured) => familyReport(measured));
    const rounds = `${Math.min(...results.map(roundsOf))} rounds; ${conditions(peers)}.`;
    publish("requests", [...reports, rounds].join("\n\n"));
    bars.push(...results.flatMap(barsOf));
  }
  if (parts.includes("memory")) {
    const weights = await weigh(SESSIONS, say);
    const count = `${SESSIONS.toLocaleString("en")} sessions; ${conditions({})}.`;
    publish("memory", `${weightsTable(weights)}\n\n${count}`);
    bars.push(weightBar(weights));
  }
  if (parts.includes("scale")) {
    const results = await measureScale(say);
    writeFileSync(new URL("./scale.svg", import.meta.url), scalePlot(results));
    publish("scale", `${scaleTable(results)}\n\n${conditions({})}.`);
  }
  // Some of them alone would wipe the others out of README.md.
  const all = parts.includes("requests") && parts.includes("memory");
  if (all) publish("bars", barsTable(bars));
  else if (bars.length > 0) console.log(barsTable(bars));
}

/** One family after the other. */
async function measureFamilies(): Promise<Measured[]> {
  const plan = plans[values.full ? "full" : values.quick ? "quick" : "usual"];
  const redis = await startRedisWatch(say);
  try {
    const results: Measured[] = [];
    for (const family of chosenFamilies()) {
      const chosen = subjects.filter((subject) => {
        if (subject.family !== family || (subject.keeps === "redis" && redis === null))
          return false;
        return subject.side === "bare" || keyOf(subject).includes(values.only);
      });
      const samples = await measure(chosen, plan, redis, say);
      results.push({ family, subjects: chosen, samples });
    }
    return results;
  } finally {
    await redis?.stop();
  }
}

/** @throws {TypeError} For one that there is not. */
function chosenFamilies(): Family[] {
  return values.family.split(",").map((wanted) => {
    const family = families.find((candidate) => candidate === wanted);
    if (family === undefined) throw new TypeError(`no such family: ${wanted}`);
    return family;
  });
}

/** To stdout, and into README.md with `--write`. */
function publish(section: string, text: string): void {
  console.log(`${text}\n`);
  if (values.write) writeSection(section, text);
}

function conditions(peers: Record<string, string>): string {
  const date = new Date().toISOString().slice(0, 10);
  const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}`);
  return [`Node ${process.version}, ${cpus().length} cores, ${date}`, ...versions].join(", ");
}

/** Progress, kept apart from the result. */
function say(line: string): void {
  console.error(`[bench] ${line}`);
}
