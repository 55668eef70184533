// OpenLDAP for tests, empty but for its suffix: StartTLS, LDAPS, memberOf, refint and ppolicy.
// Installs it where that can be done without asking anyone.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { aptInstall } from "./apt-install.ts";
import { type DataServer, startDataServer } from "./data-server.ts";
import { freePort } from "./free-port.ts";
import { type Missing, missing } from "./missing.ts";
import { onPath } from "./on-path.ts";
import { makeCertificates, type SlapdCertificates } from "./slapd-certificates.ts";
import { slapdConfig } from "./slapd-config.ts";

export const SLAPD_SUFFIX = "dc=example,dc=org";
/** May do anything; no limits and no rules hold for it. */
export const SLAPD_ADMIN = { dn: `cn=admin,${SLAPD_SUFFIX}`, password: "for-tests-only" } as const;

/** Where the programs, modules and schemas are. */
export interface SlapdPrograms {
  readonly server: string;
  readonly add: string;
  readonly modify: string;
  readonly whoami: string;
  /** `null` where the overlays are built in. */
  readonly modules: string | null;
  readonly schemas: string;
}

export interface SlapdOptions {
  /** Without it there is neither StartTLS nor LDAPS. Default `true`. */
  readonly tls?: boolean;
  /** More lines of slapd.conf, before the database. */
  readonly settings?: readonly string[];
  /** More lines of slapd.conf, of the database. */
  readonly database?: readonly string[];
}

export interface SlapdServer extends DataServer {
  /** `null` without TLS. */
  readonly tls: ({ readonly port: number } & SlapdCertificates) | null;
  /** Adds entries, as LDIF. The suffix is there already. */
  add(ldif: string): Promise<void>;
  /** Changes entries, as LDIF with `changetype`. */
  modify(ldif: string): Promise<void>;
}

/**
 * OpenLDAP and its tools, installing them first if need be.
 *
 * @returns `missing`, the reason to skip with, where they neither are nor can be installed.
 * @throws {Error} Instead of `missing` when `CI` is set: there, every test must run.
 */
export async function ensureSlapd(): Promise<SlapdPrograms | Missing> {
  const found = findPrograms();
  if (found !== null) return found;
  const problem = await aptInstall("slapd", "ldap-utils");
  return findPrograms() ?? missing("slapd", problem ?? "no slapd, ldapadd or schemas were found");
}

/** A directory of its own on 127.0.0.1. Its certificate is for `localhost` and 127.0.0.1. */
export async function startSlapd(
  programs: SlapdPrograms,
  options: SlapdOptions = {},
): Promise<SlapdServer> {
  const { tls = true, settings = [], database = [] } = options;
  const folder = mkdtempSync(join(tmpdir(), "latchkey-slapd-"));
  mkdirSync(join(folder, "db"));
  const port = await freePort();
  const url = `ldap://127.0.0.1:${port}`;
  const secure = tls ? { port: await freePort(), ...makeCertificates(folder) } : null;
  const config = join(folder, "slapd.conf");
  const { modules, schemas } = programs;
  writeFileSync(
    config,
    slapdConfig({ folder, modules, schemas, tls, settings, database, suffix: SLAPD_SUFFIX }),
  );
  const urls = [url, ...(secure === null ? [] : [`ldaps://127.0.0.1:${secure.port}`])];
  const asAdmin = ["-x", "-H", url, "-D", SLAPD_ADMIN.dn, "-w", SLAPD_ADMIN.password];
  const server = await startDataServer({
    url,
    port,
    command: programs.server,
    args: ["-f", config, "-h", urls.join(" "), "-d", "0"], // -d keeps it in the foreground
    as: {},
    folder,
    stopSignal: "SIGKILL", // there is nothing to keep
    ready: async () => void (await promisify(execFile)(programs.whoami, asAdmin)),
  });
  const feed = async (program: string, ldif: string): Promise<void> => {
    const run = promisify(execFile)(program, asAdmin, { maxBuffer: 2 ** 26 });
    run.child.stdin?.end(ldif);
    await run;
  };
  const started: SlapdServer = Object.assign(server, {
    tls: secure,
    add: (ldif: string) => feed(programs.add, ldif),
    modify: (ldif: string) => feed(programs.modify, ldif),
  });
  await started.add(
    `dn: ${SLAPD_SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: Example\n`,
  );
  return started;
}

function findPrograms(): SlapdPrograms | null {
  const [server, add, modify, whoami] = ["slapd", "ldapadd", "ldapmodify", "ldapwhoami"].map(
    (name) => onPath([name]),
  );
  const schemas = ["/etc/ldap/schema", "/etc/openldap/schema"].find((path) => existsSync(path));
  const modules = ["/usr/lib/ldap", "/usr/lib/openldap", "/usr/lib64/openldap"].find((path) =>
    existsSync(path),
  );
  if (!server || !add || !modify || !whoami || !schemas) return null;
  return { server, add, modify, whoami, schemas, modules: modules ?? null };
}
