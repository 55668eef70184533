// MariaDB for tests. Installs it where that can be done without asking anyone.
import { execFile, execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createConnection } from "mysql2/promise";
import { aptInstall } from "./apt-install.ts";
import { type DataServer, startDataServer } from "./data-server.ts";
import { freePort } from "./free-port.ts";
import { type Missing, missing } from "./missing.ts";
import { onPath } from "./on-path.ts";

export interface MariadbPrograms {
  server: string;
  install: string;
}

export interface MariadbServer extends DataServer {
  /** For a user who may do anything; the one in `url` may only use its own database. */
  readonly adminUrl: string;
}

// One statement a line. Runs at every start.
const accounts = `
CREATE DATABASE IF NOT EXISTS app;
CREATE USER IF NOT EXISTS app@'127.0.0.1' IDENTIFIED BY 'app';
GRANT ALL ON app.* TO app@'127.0.0.1';
CREATE USER IF NOT EXISTS admin@'127.0.0.1' IDENTIFIED BY 'admin';
GRANT ALL ON *.* TO admin@'127.0.0.1' WITH GRANT OPTION;
`.trimStart();

// The log is written at every commit and synced once a second: an answered commit survives kill -9,
// not a power cut.
const settings = [
  "--bind-address=127.0.0.1",
  "--skip-name-resolve",
  "--innodb-flush-log-at-trx-commit=2",
  "--innodb-buffer-pool-size=64M",
  "--innodb-log-file-size=32M",
];

/**
 * MariaDB's programs, installing them first if need be.
 *
 * @returns `missing`, the reason to skip with, where it neither is nor can be installed.
 * @throws {Error} Instead of `missing` when `CI` is set: there, every test must run.
 */
export async function ensureMariadb(): Promise<MariadbPrograms | Missing> {
  const found = findPrograms();
  if (found !== null) return found;
  const problem = await aptInstall("mariadb-server");
  return findPrograms() ?? missing("mariadb", problem ?? "the package has no mariadbd in PATH");
}

/** An empty MariaDB of its own. */
export async function startMariadb(programs: MariadbPrograms): Promise<MariadbServer> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-mariadb-"));
  const data = join(folder, "data");
  const temporary = join(folder, "tmp"); // one that starts removes others' files from a shared one
  const initFile = join(folder, "init.sql");
  for (const name of [data, temporary]) mkdirSync(name);
  writeFileSync(initFile, accounts);
  chmodSync(folder, 0o755); // its own user must get through to the data
  const common = ["--no-defaults", `--datadir=${data}`, `--tmpdir=${temporary}`];
  if (process.getuid?.() === 0) {
    common.push("--user=mysql");
    execFileSync("chown", ["mysql:mysql", data, temporary]);
  }
  await promisify(execFile)(programs.install, [
    ...common,
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
    "--skip-name-resolve",
  ]);
  const port = await freePort();
  const url = `mysql://app:app@127.0.0.1:${port}/app`;
  const server = await startDataServer({
    url,
    port,
    command: programs.server,
    args: [
      ...common,
      ...settings,
      `--port=${port}`,
      `--socket=${join(data, "socket")}`,
      `--pid-file=${join(data, "pid")}`,
      `--init-file=${initFile}`,
    ],
    as: {},
    folder,
    stopSignal: "SIGTERM",
    async ready() {
      const connection = await createConnection({ uri: url, connectTimeout: 5_000 });
      await connection.end();
    },
  });
  // Not spread: its `pid` changes.
  return Object.assign(server, { adminUrl: `mysql://admin:admin@127.0.0.1:${port}/app` });
}

function findPrograms(): MariadbPrograms | null {
  const server = onPath(["mariadbd"]);
  const install = onPath(["mariadb-install-db"]);
  return server === null || install === null ? null : { server, install };
}
