// A real OpenID provider for tests (npm oidc-provider) on this machine: people log in by a plain
// form, clients are given as metadata, everything is forgotten when it stops.
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type ClientMetadata, type Configuration, type JWK, Provider } from "oidc-provider";
import { freePort } from "./free-port.ts";

/** Whoever can log in: the password and what the provider says about them. */
export interface OidcPerson {
  readonly password: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface OidcServerOptions {
  readonly clients: readonly ClientMetadata[];
  /** By `sub`. */
  readonly people: Readonly<Record<string, OidcPerson>>;
  /** Seconds that an access token lasts. Default 600. */
  readonly accessTokenSeconds?: number;
}

export interface OidcServer {
  readonly issuer: string;
  /** What the token endpoint was asked for, in order: the grant types. */
  readonly grants: string[];
  stop(): Promise<void>;
}

/** `GET /interaction/…` shows a form; it takes `login`, `password`, or `cancel`. */
export async function startOidc(options: OidcServerOptions): Promise<OidcServer> {
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const provider = new Provider(issuer, configuration(options));
  const grants: string[] = [];
  provider.on("grant.success", ({ oidc }) => grants.push(String(oidc.params?.["grant_type"])));
  const answer = provider.callback();
  const server = createServer((request, response) => {
    const isForm = request.url?.startsWith("/interaction/");
    const answered = isForm
      ? interact(provider, options, request, response)
      : answer(request, response);
    answered.catch((error: unknown) => {
      console.error("oidc-provider:", error);
      response.writeHead(500).end();
    });
  });
  server.listen(port, "localhost");
  await once(server, "listening");
  return {
    issuer,
    grants,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function configuration({
  clients,
  people,
  accessTokenSeconds = 600,
}: OidcServerOptions): Configuration {
  const day = 86_400;
  return {
    clients: [...clients],
    jwks: { keys: [signingKey()] },
    cookies: { keys: ["for-tests-only"] },
    pkce: { required: () => true },
    findAccount(_, sub) {
      const person = people[sub];
      return person && { accountId: sub, claims: async () => ({ sub, ...person.claims }) };
    },
    claims: { openid: ["sub", "sid"], email: ["email", "email_verified"], profile: ["name"] },
    scopes: ["openid", "offline_access", "email", "profile"],
    ttl: {
      AccessToken: accessTokenSeconds,
      AuthorizationCode: 60,
      Grant: day,
      IdToken: 600,
      Interaction: 600,
      RefreshToken: day,
      Session: day,
    },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      userinfo: { enabled: true },
    },
    rotateRefreshToken: true,
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    // Its own would refuse to speak to this machine, and so to any client of a test.
    fetch(url, init = {}) {
      const { dispatcher: _, ...rest }: RequestInit & { dispatcher?: unknown } = init;
      return fetch(url, rest);
    },
  };
}

function signingKey(): JWK {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    ...privateKey.export({ format: "jwk" }),
    kty: "RSA",
    kid: "r1",
    use: "sig",
    alg: "RS256",
  };
}

async function interact(
  provider: Provider,
  { people }: OidcServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, session, params, grantId } = await provider.interactionDetails(request, response);
  if (request.method !== "POST") {
    response.writeHead(200, { "content-type": "text/html" }).end(pageOf(prompt.name));
    return;
  }
  let body = "";
  for await (const chunk of request) body += chunk;
  const fields = new URLSearchParams(body);
  if (fields.has("cancel")) {
    const result = { error: "access_denied", error_description: "secret words of the provider" };
    return provider.interactionFinished(request, response, result);
  }
  if (prompt.name === "login") {
    const login = fields.get("login") ?? "";
    if (people[login] === undefined || people[login].password !== fields.get("password")) {
      response.writeHead(401).end("wrong");
      return;
    }
    return provider.interactionFinished(request, response, { login: { accountId: login } });
  }
  const accountId = session?.accountId ?? "";
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant = known ?? new provider.Grant({ accountId, clientId: String(params["client_id"]) });
  grant.addOIDCScope(String(params["scope"]));
  const consent = { consent: { grantId: await grant.save() } };
  return provider.interactionFinished(request, response, consent, {
    mergeWithLastSubmission: true,
  });
}

function pageOf(prompt: string): string {
  const title =
    prompt === "login" ? "Log in at the provider" : "Allow the app to know who you are?";
  const login = `<p><label>Name <input name="login" autofocus></label></p>
<p><label>Password <input name="password" type="password"></label></p>
<p><button>Log in</button></p>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<h1>${title}</h1>
<form method="post">${prompt === "login" ? login : "<p><button>Allow</button></p>"}</form>
<form method="post"><p><button name="cancel" value="1">Cancel</button></p></form></html>`;
}
