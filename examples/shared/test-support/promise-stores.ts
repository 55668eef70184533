// The stores that the promises are kept on, each an empty one of its own.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { DataServer } from "@latchkey/tools/data-server";
import { ensureMariadb, startMariadb } from "@latchkey/tools/mariadb";
import type { Missing } from "@latchkey/tools/missing";
import { ensurePostgres, startPostgres } from "@latchkey/tools/postgres";
import { ensureRedis, startRedis } from "@latchkey/tools/redis";

export type StoreName = "memory" | "file" | "SQLite" | "Redis" | "PostgreSQL" | "MariaDB";

export interface PromiseStore {
  name: StoreName;
  /** How many processes of the app may use it at once. */
  processes: 1 | 2;
  /** Whether what was stored outlives the process. */
  lasting: boolean;
  /** What can't be had here, and why; else what opens it. */
  prepare(): Promise<Missing | { open(folder: string): Promise<OpenStore> }>;
}

export interface OpenStore {
  /** For the setting `STORE`. */
  url: string;
  server: DataServer | null;
  /** Throws when something is damaged or left over. No process has it open. */
  check(): void;
}

export const promiseStores: readonly PromiseStore[] = [
  {
    name: "memory",
    processes: 1,
    lasting: false,
    prepare: async () => ({ open: async () => local("memory:", () => {}) }),
  },
  {
    name: "file",
    processes: 1,
    lasting: true,
    prepare: async () => ({
      open: async (folder) => local(`file:${folder}/sessions.json`, () => checkFile(folder)),
    }),
  },
  {
    name: "SQLite",
    processes: 2,
    lasting: true,
    prepare: async () => ({
      open: async (folder) => local(`sqlite:${folder}/sessions.db`, () => checkSqlite(folder)),
    }),
  },
  served("Redis", ensureRedis, (programs) => startRedis(programs)),
  served("PostgreSQL", ensurePostgres, startPostgres),
  served("MariaDB", ensureMariadb, startMariadb),
];

function local(url: string, check: () => void): OpenStore {
  return { url, server: null, check };
}

function served<Programs extends object>(
  name: StoreName,
  ensure: () => Promise<Programs | Missing>,
  start: (programs: Programs) => Promise<DataServer>,
): PromiseStore {
  const prepare: PromiseStore["prepare"] = async () => {
    const programs = await ensure();
    if ("missing" in programs) return programs;
    return {
      async open() {
        const server = await start(programs);
        return { url: server.url, server, check: () => {} };
      },
    };
  };
  return { name, processes: 2, lasting: true, prepare };
}

/** The file of the store is whole, and nothing but it and its lock is there. */
function checkFile(folder: string): void {
  JSON.parse(readFileSync(join(folder, "sessions.json"), "utf8"));
  const strange = namesIn(folder).filter((name) => !/^sessions\.json(\.lock)?$/.test(name));
  if (strange.length > 0) throw new Error(`left over: ${strange}`);
}

function checkSqlite(folder: string): void {
  const strange = namesIn(folder).filter((name) => !/^sessions\.db(-wal|-shm)?$/.test(name));
  if (strange.length > 0) throw new Error(`left over: ${strange}`);
  const database = new DatabaseSync(join(folder, "sessions.db"));
  try {
    const found = database.prepare("pragma integrity_check").get()?.["integrity_check"];
    if (found !== "ok") throw new Error(`SQLite says: ${found}`);
  } finally {
    database.close();
  }
}

function namesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith("sessions"));
}
