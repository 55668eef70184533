// A stand-in for the well-known providers: OAuth 2.0 with their addresses' shapes, and answers that a
// test gives. It checks what a real one would: state, redirect URI, PKCE, client and code.
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { gzipSync } from "node:zlib";

type Json = Record<string, unknown> | unknown[];

export interface VendorRequest {
  path: string;
  query: URLSearchParams;
  form: URLSearchParams;
  headers: IncomingMessage["headers"];
}

export interface Vendor {
  readonly origin: string;
  /** Answers by path. */
  readonly answers: Map<string, (request: VendorRequest) => Json | number>;
  /** What the token endpoint adds to its answer. */
  tokens: Record<string, unknown>;
  /** All requests but those to `/authorize`. */
  readonly requests: VendorRequest[];
  /** Milliseconds that the token endpoint thinks. */
  thinkMs: number;
  /** The one refresh token that works now. */
  refreshToken: string;
  /** The one access token that works now. */
  accessToken: string;
  gzip: boolean;
  /** How many refreshes it was asked for. */
  refreshes(): number;
  stop(): Promise<void>;
}

export const VENDOR_CLIENT = { clientId: "app", clientSecret: "vendor secret" };

export async function startVendor(): Promise<Vendor> {
  const codes = new Map<string, URLSearchParams>();
  const server = createServer(async (incoming, response) => {
    const { pathname: path, searchParams: query } = new URL(
      incoming.url ?? "/",
      "http://localhost",
    );
    if (path === "/authorize") {
      const code = randomUUID();
      codes.set(code, query);
      const back = new URL(query.get("redirect_uri") ?? "");
      back.searchParams.set("code", code);
      back.searchParams.set("state", query.get("state") ?? "");
      response.writeHead(302, { location: back.href }).end();
      return;
    }
    let body = "";
    for await (const chunk of incoming) body += chunk;
    const request = { path, query, form: new URLSearchParams(body), headers: incoming.headers };
    vendor.requests.push(request);
    if (path === "/token") await new Promise((done) => setTimeout(done, vendor.thinkMs));
    const answer =
      path === "/token" ? token(request) : (vendor.answers.get(path)?.(request) ?? 404);
    const status = typeof answer === "number" ? answer : 200;
    const text = JSON.stringify(typeof answer === "number" ? { error: "invalid_grant" } : answer);
    response.writeHead(status, {
      ...(vendor.gzip ? { "content-encoding": "gzip" } : {}),
      ...(status === 302 ? { location: query.get("to") ?? "" } : {}),
    });
    response.end(vendor.gzip ? gzipSync(text) : text);
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");

  function token({ form, headers }: VendorRequest): Json | number {
    const basic = Buffer.from(`app:${encodeURIComponent("vendor secret").replace("%20", "+")}`);
    const byHeader = headers.authorization === `Basic ${basic.toString("base64")}`;
    const byBody = form.get("client_id") === "app" && form.get("client_secret") === "vendor secret";
    if (byHeader === byBody) return 401;
    if (form.get("grant_type") === "refresh_token") {
      if (form.get("refresh_token") !== vendor.refreshToken) return 400;
      vendor.refreshToken = `refresh-${randomUUID()}`;
    } else {
      const asked = codes.get(form.get("code") ?? "");
      codes.delete(form.get("code") ?? "");
      const hash = createHash("sha256")
        .update(form.get("code_verifier") ?? "")
        .digest("base64url");
      if (asked?.get("code_challenge") !== hash) return 400;
      if (asked.get("redirect_uri") !== form.get("redirect_uri")) return 400;
    }
    vendor.accessToken = `access-${randomUUID()}`;
    const { accessToken: access_token, refreshToken: refresh_token } = vendor;
    return { access_token, token_type: "bearer", refresh_token, ...vendor.tokens };
  }

  const vendor: Vendor = {
    origin: `http://localhost:${address.port}`,
    answers: new Map(),
    tokens: {},
    requests: [],
    thinkMs: 0,
    refreshToken: "refresh-0",
    accessToken: "",
    gzip: false,
    refreshes: () =>
      vendor.requests.filter(({ form }) => form.get("grant_type") === "refresh_token").length,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return vendor;
}

/** Whether the request has the access token that works now. */
export function isAuthorized(vendor: Vendor, { headers }: VendorRequest): boolean {
  return headers.authorization === `Bearer ${vendor.accessToken}`;
}
