// PostgreSQL for tests. Installs it where that can be done without asking anyone.
import { execFile, execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { aptInstall } from "./apt-install.ts";
import { type DataServer, startDataServer } from "./data-server.ts";
import { freePort } from "./free-port.ts";
import { type Missing, missing } from "./missing.ts";
import { onPath } from "./on-path.ts";

const PASSWORD = "for tests only";

// Without `fsync`: an answered commit survives kill -9, not a power cut.
const settings = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "fsync=off",
  "full_page_writes=off",
  "shared_buffers=32MB",
  "max_connections=150",
];

/**
 * The folder of PostgreSQL's programs, installing it first if need be.
 *
 * @returns `missing`, the reason to skip with, where it neither is nor can be installed.
 * @throws {Error} Instead of `missing` when `CI` is set: there, every test must run.
 */
export async function ensurePostgres(): Promise<{ bin: string } | Missing> {
  const found = findPrograms();
  if (found !== null) return { bin: found };
  const problem = await aptInstall("postgresql");
  const installed = findPrograms();
  if (installed !== null) return { bin: installed };
  return missing("postgresql", problem ?? "the package has no initdb");
}

/** An empty PostgreSQL of its own; the user in its url may do anything. */
export async function startPostgres({ bin }: { bin: string }): Promise<DataServer> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-postgres-"));
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  const as = postgresUser();
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, PASSWORD, { mode: 0o644 });
  chmodSync(folder, 0o755);
  if (as.uid !== undefined && as.gid !== undefined) chownSync(data, as.uid, as.gid);
  const initdb = ["-D", data, "-U", "postgres", "--pwfile", passwordFile, "-A", "scram-sha-256"];
  await promisify(execFile)(
    join(bin, "initdb"),
    [...initdb, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
    { ...as, cwd: "/" },
  );
  const port = await freePort();
  const url = `postgres://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`;
  return startDataServer({
    url,
    port,
    command: join(bin, "postgres"),
    args: ["-D", data, "-p", `${port}`, ...settings.flatMap((setting) => ["-c", setting])],
    as,
    folder,
    stopSignal: "SIGINT",
    async ready() {
      const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
      client.on("error", () => {});
      await client.connect();
      await client.end();
    },
  });
}

/** Debian keeps the programs out of PATH, in a folder per version. */
function findPrograms(): string | null {
  const onTheirOwn = onPath(["postgres"]);
  const folders = onTheirOwn === null ? [] : [dirname(realpathSync(onTheirOwn))];
  const versions = "/usr/lib/postgresql";
  if (existsSync(versions)) {
    const newestFirst = readdirSync(versions).sort((a, b) => Number(b) - Number(a));
    folders.push(...newestFirst.map((version) => join(versions, version, "bin")));
  }
  const complete = (folder: string): boolean =>
    ["initdb", "postgres"].every((program) => existsSync(join(folder, program)));
  return folders.find(complete) ?? null;
}

/** It refuses to run as root; its package has made a user for it. */
function postgresUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (option: string): number =>
    Number(execFileSync("id", [option, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}
