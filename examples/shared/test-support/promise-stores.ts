// The stores that the promises are kept on, each an empty one of its own, and which promises they
// can't keep.

import type { DataServer } from "@latchkey/tools/data-server";
import { ensureMariadb, startMariadb } from "@latchkey/tools/mariadb";
import type { Missing } from "@latchkey/tools/missing";
import { ensurePostgres, startPostgres } from "@latchkey/tools/postgres";
import { ensureRedis, startRedis } from "@latchkey/tools/redis";
import {
  mariadbRefusals,
  postgresRefusals,
  type Refusal,
  redisRefusals,
} from "@latchkey/tools/refusals";
import { checkFile, checkSqlite } from "./check-files.ts";
import { startMongoStandIn } from "./start-mongo-stand-in.ts";

export type StoreName =
  | "memory"
  | "file"
  | "SQLite"
  | "Redis"
  | "PostgreSQL"
  | "MariaDB"
  | "MongoDB (a stand-in for it)"
  | "sealed cookies, their list on Redis"
  | "MemoryStore of express-session"
  | "connect-redis";

/** See the files of these names. */
export type PromiseName = "updates" | "logouts" | "outages" | "refusals" | "stops" | "crashes";

export interface PromiseStore {
  name: StoreName;
  /** How many processes of the app may use it at once. */
  processes: 1 | 2;
  /** Whether what was stored outlives the process. */
  lasting: boolean;
  /** Where a session's data are: what parallel requests write is merged on a server only. */
  dataIn: "store" | "cookie";
  /** The promises that don't apply to it, and why. */
  without: Readonly<Partial<Record<PromiseName, string>>>;
  /** What can't be had here, and why; else what opens it. */
  prepare(): Promise<Missing | { open(folder: string): Promise<OpenStore> }>;
}

export interface OpenStore {
  /** For the setting `STORE`. */
  url: string;
  server: DataServer | null;
  /** The ways in which its server goes on but refuses writes. */
  refusals: readonly Refusal[];
  /** Throws when something is damaged or left over. No process has it open. */
  check(): void;
}

const NO_SERVER = "there is no server that could be away";
const NOTHING_STAYS = "nothing outlives the process";

export const promiseStores: readonly PromiseStore[] = [
  {
    ...local("memory", () => "memory:"),
    processes: 1,
    lasting: false,
    without: { outages: NO_SERVER, refusals: NO_SERVER, crashes: NOTHING_STAYS },
  },
  {
    ...local("file", (folder) => `file:${folder}/sessions.json`, checkFile),
    processes: 1,
    without: { outages: NO_SERVER, refusals: NO_SERVER },
  },
  {
    ...local("SQLite", (folder) => `sqlite:${folder}/sessions.db`, checkSqlite),
    without: { outages: NO_SERVER, refusals: NO_SERVER },
  },
  served("Redis", ensureRedis, (programs) => startRedis(programs), redisRefusals),
  served("PostgreSQL", ensurePostgres, startPostgres, postgresRefusals),
  served("MariaDB", ensureMariadb, startMariadb, mariadbRefusals),
  {
    ...served(
      "MongoDB (a stand-in for it)",
      async () => ({}),
      startMongoStandIn,
      () => [],
    ),
    without: { refusals: "what stands in takes every write" },
  },
  {
    ...served(
      "sealed cookies, their list on Redis",
      ensureRedis,
      (programs) => startRedis(programs),
      redisRefusals,
      "cookie:",
    ),
    dataIn: "cookie",
    without: {
      refusals: "a write reaches no server",
      updates: "each of parallel requests starts from the cookie that it was sent with",
      crashes: "nothing is written but what was ended",
    },
  },
  {
    ...local("MemoryStore of express-session", () => "connect:memory"),
    processes: 1,
    lasting: false,
    without: { outages: NO_SERVER, refusals: NO_SERVER, crashes: NOTHING_STAYS },
  },
  {
    ...served(
      "connect-redis",
      ensureRedis,
      (programs) => startRedis(programs),
      redisRefusals,
      "connect:",
    ),
    // It has nothing to write on a condition with: across processes, updates may be lost.
    processes: 1,
  },
];

function local(
  name: StoreName,
  url: (folder: string) => string,
  check: (folder: string) => void = () => {},
): PromiseStore {
  const open = async (folder: string): Promise<OpenStore> => ({
    url: url(folder),
    server: null,
    refusals: [],
    check: () => check(folder),
  });
  return { ...usual(name), prepare: async () => ({ open }) };
}

/** @param prefix Of the server's URL, for `openAnyStore`. */
function served<Programs extends object, Server extends DataServer>(
  name: StoreName,
  ensure: () => Promise<Programs | Missing>,
  start: (programs: Programs) => Promise<Server>,
  refusals: (server: Server) => Refusal[],
  prefix = "",
): PromiseStore {
  const prepare: PromiseStore["prepare"] = async () => {
    const programs = await ensure();
    if ("missing" in programs) return programs;
    return {
      async open() {
        const server = await start(programs);
        const url = `${prefix}${server.url}`;
        return { url, server, refusals: refusals(server), check: () => {} };
      },
    };
  };
  return { ...usual(name), prepare };
}

function usual(name: StoreName): Omit<PromiseStore, "prepare"> {
  return { name, processes: 2, lasting: true, dataIn: "store", without: {} };
}
