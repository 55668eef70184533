// Certificates for a test directory: an authority of its own, and another one that signed nothing.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onPath } from "./on-path.ts";

export interface SlapdCertificates {
  /** PEM of the authority that signed the server's certificate. */
  readonly ca: string;
  /** PEM of an authority that did not. */
  readonly otherCa: string;
}

/** Leaves `ca.crt`, `server.crt` and `server.key` in the folder. */
export function makeCertificates(folder: string): SlapdCertificates {
  const program = onPath(["openssl"]);
  if (program === null) throw new Error("openssl is missing: it makes the certificates for TLS");
  const openssl = (...args: string[]): void => {
    execFileSync(program, args, { cwd: folder, stdio: "pipe" });
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const authority = (name: string): void =>
    openssl(
      ...["req", "-x509", ...key, "-days", "30", "-subj", `/CN=${name}`],
      ...["-keyout", `${name}.key`, "-out", `${name}.crt`],
    );
  authority("ca");
  authority("other");
  writeFileSync(join(folder, "names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  openssl("req", ...key, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr");
  const by = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names"];
  openssl("x509", "-req", "-in", "server.csr", ...by, "-days", "30", "-out", "server.crt");
  const pem = (name: string): string => readFileSync(join(folder, `${name}.crt`), "utf8");
  return { ca: pem("ca"), otherCa: pem("other") };
}
