// A provider that speaks OpenID Connect, and lies wherever a test tells it to.
import { createHmac, generateKeyPairSync, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { exportSPKI, SignJWT } from "jose";
import { accessTokenHash } from "../src/id-token.ts";

type Json = Record<string, unknown>;
type Answer = (response: ServerResponse) => void;

/** What the provider does otherwise than it should. */
export interface Lies {
  metadata?: Json;
  /** Replaced claims of the ID token; `undefined` leaves one out. */
  claims?: Json;
  /** Replaces the ID token: gets its claims. */
  idToken?: (claims: Json, provider: HostileProvider) => string | Promise<string>;
  userInfo?: Json | Answer;
  token?: Json | Answer;
  discovery?: Answer;
  jwks?: Answer;
}

export interface HostileProvider {
  readonly issuer: string;
  lies: Lies;
  /** Requests by path. */
  readonly asked: Map<string, number>;
  /** The last form that the token endpoint got, and its headers. */
  lastForm: URLSearchParams;
  lastAuthorization: string | undefined;
  /** Signs like the provider itself. */
  sign(claims: Json, header?: Json): Promise<string>;
  /** Its public key as text: what an HS256 forger takes as the secret. */
  publicKey(): Promise<string>;
  /** From now on it signs with another key. */
  rotate(): void;
  stop(): Promise<void>;
}

export const CLIENT = { clientId: "web", clientSecret: "a secret of thirty-two bytes or more" };

/** Codes are the nonce of the login, so that nothing has to be remembered. */
export async function startHostile(): Promise<HostileProvider> {
  let key = newKey();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    provider.asked.set(pathname, (provider.asked.get(pathname) ?? 0) + 1);
    let body = "";
    for await (const chunk of request) body += chunk;
    const { lies } = provider;
    if (pathname.endsWith("/.well-known/openid-configuration")) {
      return send(response, lies.discovery ?? { ...metadata(provider.issuer), ...lies.metadata });
    }
    switch (pathname) {
      case "/jwks":
        return send(response, lies.jwks ?? { keys: [key.jwk] });
      case "/token": {
        provider.lastForm = new URLSearchParams(body);
        provider.lastAuthorization = request.headers.authorization;
        if (typeof lies.token === "function") return lies.token(response);
        const code = provider.lastForm.get("code") ?? "";
        return send(response, { ...(await tokens(code)), ...lies.token });
      }
      case "/userinfo":
        return send(response, lies.userInfo ?? { sub: "ann", name: "Ann" });
      default:
        return void response.writeHead(404).end();
    }
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");

  async function tokens(nonce: string): Promise<Json> {
    const access = `access-${randomUUID()}`;
    const now = Math.floor(Date.now() / 1_000);
    const claims: Json = {
      iss: provider.issuer,
      aud: CLIENT.clientId,
      sub: "ann",
      iat: now,
      exp: now + 300,
      nonce,
      at_hash: accessTokenHash(access, "RS256"),
      ...provider.lies.claims,
    };
    const idToken = await (provider.lies.idToken?.(claims, provider) ?? provider.sign(claims));
    return { access_token: access, token_type: "Bearer", expires_in: 300, id_token: idToken };
  }

  const provider: HostileProvider = {
    issuer: `http://localhost:${address.port}`,
    lies: {},
    asked: new Map(),
    lastForm: new URLSearchParams(),
    lastAuthorization: undefined,
    sign: (claims, header = {}) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: "RS256", kid: key.kid, ...header })
        .sign(key.privateKey),
    publicKey: () => exportSPKI(key.publicKey),
    rotate() {
      key = newKey();
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return provider;
}

function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const kid = randomUUID();
  const jwk = { ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" };
  return { privateKey, publicKey, kid, jwk };
}

function metadata(issuer: string): Json {
  return {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    userinfo_endpoint: `${issuer}/userinfo`,
    end_session_endpoint: `${issuer}/logout`,
  };
}

function send(response: ServerResponse, answer: Json | Answer): void {
  if (typeof answer === "function") answer(response);
  else response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
}

/** A JWT put together by hand, as a forger does. */
export function forge(header: Json, claims: Json, secret: string | null): string {
  const part = (value: Json): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part(header)}.${part(claims)}`;
  const mac = secret === null ? "" : createHmac("sha256", secret).update(text).digest("base64url");
  return `${text}.${mac}`;
}
