// One port with TLS: HTTP/2, and HTTP/1 for whoever asks for it.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import {
  connect,
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { setUp } from "./setup.ts";

/** A key and certificate for localhost that nobody else trusts. */
function selfSigned(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-tls-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const subject = ["-subj", "/CN=localhost", "-days", "1", "-keyout", key, "-out", cert];
  execFileSync("openssl", ["req", "-x509", ...curve, ...subject], { stdio: "ignore" });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

it("the cookie is Secure and truly __Host-, and holds for both versions", async () => {
  const auth = setUp();
  const { key, cert } = selfSigned();
  const server = createSecureServer(
    { allowHTTP1: true, key, cert },
    auth.handle((req: Http2ServerRequest, res: Http2ServerResponse) => {
      const { data } = auth.sessionOf(req);
      if (req.method === "POST") data["version"] = req.httpVersion;
      res.end(JSON.stringify(data));
    }),
  );
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  const { port } = address;

  const client = connect(`https://localhost:${port}`, { ca: cert });
  onTestFinished(() => client.destroy());
  const lines = await new Promise<readonly string[]>((resolve, reject) => {
    const stream = client.request({ ":method": "POST", ":path": "/" });
    stream.on("response", (headers) => resolve(headers["set-cookie"] ?? []));
    stream.on("error", reject);
    stream.resume().end();
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^__Host-sid=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; Secure; /);

  const cookie = lines[0]?.split(";", 1)[0] ?? "";
  const text = await new Promise<string>((resolve, reject) => {
    const options = { host: "localhost", port, path: "/", ca: cert, headers: { cookie } };
    const req = request(options, async (res) => {
      expect(res.httpVersion).toBe("1.1");
      resolve((await res.toArray()).join(""));
    });
    req.on("error", reject).end();
  });
  expect(text).toBe('{"version":"2.0"}');
});
