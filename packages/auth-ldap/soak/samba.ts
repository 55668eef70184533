// A domain controller of Samba, which follows Active Directory closely, on a loopback address of its own.
// As root on Debian: apt-get install samba samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onPath } from "@latchkey/tools/on-path";

export interface Samba {
  /** Its ports are always 389 and 636. */
  host: string;
  /** PEM. */
  ca: Buffer;
  /** What its certificate is for. */
  servername: string;
  /** Runs `samba-tool`. */
  tool(...args: string[]): void;
  stop(): Promise<void>;
}

/** The domain CORP, `dc=corp,dc=example`. Takes about 20 seconds. */
export async function startSamba(): Promise<Samba> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-samba-"));
  const host = `127.${process.pid % 250}.44.1`;
  const config = join(folder, "etc/smb.conf");
  const [tool, server] = ["samba-tool", "samba"].map((name) => onPath([name]));
  if (!tool || !server) throw new Error("samba is missing");
  const run = (...args: string[]): void => {
    execFileSync(tool, args, { stdio: "pipe" });
  };
  run(
    ...["domain", "provision", "--realm=CORP.EXAMPLE", "--domain=CORP", "--server-role=dc"],
    ...["--dns-backend=NONE", "--adminpass=For-tests-0nly", "--host-name=dc1"],
    ...[`--targetdir=${folder}`, "--option=server services=ldap", "--option=vfs objects="],
    ...[`--option=interfaces=${host}/8`, "--option=bind interfaces only=yes"],
  );
  const child = spawn(server, ["-i", "-M", "single", "-s", config], { stdio: "ignore" });
  process.on("exit", () => child.kill("SIGKILL"));
  for (let attempt = 0; !(await listens(host)); attempt++) {
    if (attempt > 300 || child.exitCode !== null) throw new Error("samba did not start");
    await sleep(100);
  }
  return {
    host,
    ca: readFileSync(join(folder, "private/tls/ca.pem")),
    servername: "DC1.corp.example",
    tool: (...args) => run(...args, "-s", config),
    async stop() {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function listens(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(636, host);
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
