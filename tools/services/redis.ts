// Redis for tests, alone: with a password, other users and TLS where asked for. Installs it where
// that can be done without asking anyone.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { aptInstall } from "./apt-install.ts";
import { type DataServer, startDataServer } from "./data-server.ts";
import { freePort } from "./free-port.ts";
import { type Missing, missing } from "./missing.ts";
import { onPath } from "./on-path.ts";

/** Of the user `default`, who may do anything. */
export const REDIS_PASSWORD = "for-tests-only";

/** Where the programs are. */
export interface RedisPrograms {
  readonly server: string;
  readonly sentinel: string;
  readonly cli: string;
}

export interface RedisOptions {
  /** Other users, as in an ACL file: `user app on >secret ~app:* +get`. */
  readonly users?: readonly string[];
  /** Also takes TLS connections, for `localhost`. */
  readonly tls?: boolean;
  /** More lines of redis.conf. */
  readonly settings?: readonly string[];
}

export interface RedisServer extends DataServer {
  /** `null` without TLS. */
  readonly tls: { readonly port: number; readonly ca: string } | null;
}

/**
 * Redis and Sentinel, installing them first if need be.
 *
 * @returns `missing`, the reason to skip with, where they neither are nor can be installed.
 * @throws {Error} Instead of `missing` when `CI` is set: there, every test must run.
 */
export async function ensureRedis(): Promise<RedisPrograms | Missing> {
  const found = findPrograms();
  if (found !== null) return found;
  const problem = await aptInstall("redis-server", "redis-sentinel");
  return (
    findPrograms() ?? missing("redis", problem ?? "no redis-server, -sentinel or -cli in PATH")
  );
}

/** An empty Redis on 127.0.0.1. It forgets everything when it ends, unless `settings` say else. */
export async function startRedis(
  { server }: RedisPrograms,
  options: RedisOptions = {},
): Promise<RedisServer> {
  const { users = [], tls = false, settings = [] } = options;
  const folder = mkdtempSync(join(tmpdir(), "latchkey-redis-"));
  const port = await freePort();
  const secure = tls ? { port: await freePort(), ca: makeCertificates(folder) } : null;
  const lines = [
    `port ${port}`,
    "bind 127.0.0.1",
    `dir ${folder}`,
    'save ""',
    `requirepass ${REDIS_PASSWORD}`,
    `masterauth ${REDIS_PASSWORD}`,
    "repl-diskless-sync-delay 0",
    ...(secure === null ? [] : tlsSettings(folder, secure.port)),
    ...users,
    ...settings,
  ];
  const config = join(folder, "redis.conf");
  writeFileSync(config, `${lines.join("\n")}\n`);
  const started = await startDataServer({
    url: `redis://:${REDIS_PASSWORD}@127.0.0.1:${port}`,
    port,
    command: server,
    args: [config],
    as: {},
    folder,
    ready: () => askRedis(port, async (redis) => void (await redis.ping())),
    stopSignal: "SIGKILL", // there is nothing to keep
  });
  return Object.assign(started, { tls: secure });
}

/** Asks one server over a connection of its own, as the user who may do anything. */
export async function askRedis<T>(
  port: number,
  ask: (redis: Redis) => Promise<T>,
  password: string = REDIS_PASSWORD,
): Promise<T> {
  const redis = new Redis({
    port,
    host: "127.0.0.1",
    password,
    lazyConnect: true,
    connectTimeout: 2_000,
    commandTimeout: 5_000,
    enableReadyCheck: false,
    retryStrategy: null,
  });
  redis.on("error", () => {}); // `connect` rejects by it
  try {
    await redis.connect();
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}

function findPrograms(): RedisPrograms | null {
  const [server, sentinel, cli] = ["redis-server", "redis-sentinel", "redis-cli"].map((name) =>
    onPath([name]),
  );
  return server && sentinel && cli ? { server, sentinel, cli } : null;
}

function tlsSettings(folder: string, port: number): string[] {
  const file = (name: string): string => join(folder, name);
  return [
    `tls-port ${port}`,
    `tls-cert-file ${file("server.crt")}`,
    `tls-key-file ${file("server.key")}`,
    `tls-ca-cert-file ${file("ca.crt")}`,
    "tls-auth-clients no",
  ];
}

/** An authority of its own and a certificate for `localhost` by it. @returns The authority's. */
function makeCertificates(folder: string): string {
  const program = onPath(["openssl"]);
  if (program === null) throw new Error("openssl is missing: it makes the certificates for TLS");
  const openssl = (...args: string[]): void => {
    execFileSync(program, args, { cwd: folder, stdio: "pipe" });
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  writeFileSync(join(folder, "names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  openssl("req", "-x509", ...key, "-subj", "/CN=Test", "-keyout", "ca.key", "-out", "ca.crt");
  openssl("req", ...key, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr");
  const by = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names"];
  openssl("x509", "-req", "-in", "server.csr", ...by, "-days", "30", "-out", "server.crt");
  return readFileSync(join(folder, "ca.crt"), "utf8");
}
