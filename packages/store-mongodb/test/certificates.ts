// An authority of its own, with a certificate for a server and one for a client, by openssl.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Certificates {
  caFile: string;
  /** Certificate and key in one file, as the driver wants it. */
  clientFile: string;
  ca: Buffer;
  serverCert: Buffer;
  serverKey: Buffer;
}

export function makeCertificates(folder: string): Certificates {
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => {
    execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-subj", "/CN=Test", "-keyout", "ca.key", "-out", "ca.crt");
  writeFileSync(at("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  for (const name of ["server", "client"]) {
    openssl("req", ...key, "-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.csr`);
    const by = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names"];
    openssl("x509", "-req", "-in", `${name}.csr`, ...by, "-days", "30", "-out", `${name}.crt`);
  }
  const read = (name: string): Buffer => readFileSync(at(name));
  writeFileSync(at("client.pem"), Buffer.concat([read("client.crt"), read("client.key")]));
  return {
    caFile: at("ca.crt"),
    clientFile: at("client.pem"),
    ca: read("ca.crt"),
    serverCert: read("server.crt"),
    serverKey: read("server.key"),
  };
}
