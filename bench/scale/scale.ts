// What one read costs with few and with many sessions in each store.

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ensureMariadb, startMariadb } from "@latchkey/tools/mariadb";
import { ensurePostgres, startPostgres } from "@latchkey/tools/postgres";
import { ensureRedis, startRedis } from "@latchkey/tools/redis";
import { pin } from "../pin.ts";
import { type StoreName, storeNames } from "./stores.ts";

export interface ReadCost {
  /** How many were stored. */
  sessions: number;
  /** CPU time of the process that reads, without that of a database server. */
  cpuUs: number;
  /** From the call to the record. */
  elapsedUs: number;
}

export interface StoreCosts {
  store: StoreName;
  costs: ReadCost[];
}

interface Server {
  url: string;
  pid: number | null;
  stop(): Promise<void>;
}

const STEPS = [1_000, 100_000, 1_000_000];
/** A store that writes all of its records at once is not made for more. */
const FILE_STEPS = [1_000, 100_000];

export async function measureScale(say: (line: string) => void): Promise<StoreCosts[]> {
  const results: StoreCosts[] = [];
  for (const store of storeNames) {
    const server = await startServer(store);
    if ("missing" in server) {
      say(`scale: without ${store}: ${server.missing}`);
      continue;
    }
    if (server.pid !== null) pin(server.pid, 0);
    try {
      const costs: ReadCost[] = [];
      await runChild(store, server.url, (cost) => {
        say(`scale: ${store}, ${cost.sessions} sessions: ${cost.elapsedUs.toFixed(1)} µs`);
        costs.push(cost);
      });
      results.push({ store, costs });
    } finally {
      await server.stop();
    }
  }
  return results;
}

async function startServer(store: StoreName): Promise<Server | { missing: string }> {
  if (store === "redis") {
    const programs = await ensureRedis();
    return "missing" in programs ? programs : startRedis(programs);
  }
  if (store === "postgres") {
    const programs = await ensurePostgres();
    return "missing" in programs ? programs : startPostgres(programs);
  }
  if (store === "mariadb") {
    const programs = await ensureMariadb();
    return "missing" in programs ? programs : startMariadb(programs);
  }
  return { url: "", pid: null, stop: async () => {} };
}

function runChild(store: StoreName, url: string, take: (cost: ReadCost) => void): Promise<void> {
  const file = fileURLToPath(new URL("./child.ts", import.meta.url));
  const steps = store === "file" ? FILE_STEPS : STEPS;
  const child = fork(file, [store, url, ...steps.map(String)], {
    execArgv: [...process.execArgv, "--expose-gc"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  if (child.pid !== undefined) pin(child.pid, 1);
  return new Promise((resolve, reject) => {
    child.on("message", (message) => {
      if (isCost(message)) take(message);
    });
    child.on("exit", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the process for ${store} ended with ${code}`));
    });
  });
}

function isCost(value: unknown): value is ReadCost {
  return typeof value === "object" && value !== null && "elapsedUs" in value;
}

/** Markdown. */
export function scaleTable(results: readonly StoreCosts[]): string {
  const head = ["| store |", ...STEPS.map((step) => ` ${step.toLocaleString("en")} sessions |`)];
  const rows = results.map(({ store, costs }) => {
    const cells = STEPS.map((step) => {
      const cost = costs.find(({ sessions }) => sessions === step);
      if (cost === undefined) return " – |";
      return ` ${cost.elapsedUs.toFixed(1)} µs, of which CPU ${cost.cpuUs.toFixed(1)} |`;
    });
    return `| ${store} |${cells.join("")}`;
  });
  return [head.join(""), `|---|${STEPS.map(() => "---|").join("")}`, ...rows].join("\n");
}
