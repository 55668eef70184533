// A real OpenID provider, an application, and logins between the two, for tests.
import { type OidcServer, type OidcServerOptions, startOidc } from "@latchkey/tools/oidc";
import type { ClientMetadata } from "oidc-provider";
import { type OidcLogin, type OidcLoginOptions, oidcLogin } from "../src/index.ts";
import { type Rp, startRp } from "./rp-server.ts";

const CLIENT_SECRET = "a client's secret: with / odd & signs, and long enough";
export const ann = { login: "ann", password: "ann's password" };
export const bob = { login: "bob", password: "bob's password" };

export interface RealProvider {
  rp: Rp;
  op: OidcServer;
  /** A login at a path of its own. */
  mount(options?: Partial<OidcLoginOptions>, path?: string): { login: OidcLogin; url: string };
  stop(): Promise<void>;
}

/** Clients: `web`, `posting` (its secret goes in the body), `told` (by `sid`) and `told-of-users` of logouts. */
export async function startRealProvider(
  options: Partial<OidcServerOptions> = {},
): Promise<RealProvider> {
  const rp = await startRp();
  const urls = Array.from({ length: 60 }, (_, index) => `${rp.origin}/login/${index + 1}`);
  const client: Omit<ClientMetadata, "client_id"> = {
    client_secret: CLIENT_SECRET,
    redirect_uris: urls,
    post_logout_redirect_uris: [`${rp.origin}/bye`, `${rp.origin}/logout`],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
  };
  const op = await startOidc({
    people: {
      ann: {
        password: ann.password,
        claims: { name: "Ann", email: "ann@example.com", email_verified: true },
      },
      bob: {
        password: bob.password,
        claims: { name: "Bob", email: "ann@example.com", email_verified: "true" },
      },
    },
    clients: [
      { ...client, client_id: "web" },
      { ...client, client_id: "posting", token_endpoint_auth_method: "client_secret_post" },
      {
        ...client,
        client_id: "told-of-users",
        redirect_uris: [`${rp.origin}/login/told-of-users`],
        backchannel_logout_uri: `${rp.origin}/login/told-of-users`,
      },
      {
        ...client,
        client_id: "told",
        redirect_uris: [`${rp.origin}/login/told`],
        backchannel_logout_uri: `${rp.origin}/login/told`,
        backchannel_logout_session_required: true,
      },
    ],
    ...options,
  });
  let count = 0;
  return {
    rp,
    op,
    mount(loginOptions = {}, path = `/login/${++count}`) {
      const login = oidcLogin({
        name: path,
        issuer: op.issuer,
        clientId: "web",
        clientSecret: CLIENT_SECRET,
        onError: (error) => rp.faults.push(error),
        ...loginOptions,
      });
      rp.mount(path, login);
      return { login, url: rp.origin + path };
    },
    async stop() {
      await op.stop();
      await rp.stop();
    },
  };
}
