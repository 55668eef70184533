// Providers by https: only those whose certificate is signed by an authority that we trust.
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { makeCertificates } from "@latchkey/tools/slapd-certificates";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askProvider } from "../src/provider-request.ts";

const folder = mkdtempSync(join(tmpdir(), "latchkey-tls-"));
const trusted = getCACertificates("default");
const { ca } = makeCertificates(folder);
let server: Server;

beforeAll(async () => {
  const pem = (name: string): string => readFileSync(join(folder, name), "utf8");
  server = createServer({ key: pem("server.key"), cert: pem("server.crt") }, (_, response) =>
    response.end("{}"),
  ).listen(0, "localhost");
  await once(server, "listening");
});
afterAll(async () => {
  setDefaultCACertificates(trusted);
  rmSync(folder, { recursive: true });
  server.close();
  await once(server, "close");
});

test("an authority that nobody trusts, then one that we do, and never into our own network", async () => {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  const url = new URL(`https://localhost:${address.port}/`);
  await expect(askProvider({ url })).rejects.toMatchObject({
    code: "ERR_PROVIDER_UNAVAILABLE",
    message: expect.stringMatching(/certificate/),
  });
  setDefaultCACertificates([...trusted, ca]);
  expect(await askProvider({ url })).toEqual({ status: 200, body: "{}" });
  // The name is fine, what it stands for is not.
  const asked = askProvider({ url, publicOnly: true });
  await expect(asked).rejects.toHaveProperty("code", "ERR_ADDRESS_BLOCKED");
});
