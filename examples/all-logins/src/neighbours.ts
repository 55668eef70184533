// The servers that logins talk to, started beside this app so that each can be tried: a mailbox, an
// SMS gateway, an OpenID provider, a directory. Yours will have real ones.

import { randomBytes } from "node:crypto";
import { type Mailbox, startMailbox } from "@latchkey/tools/mailbox";
import { startOidc } from "@latchkey/tools/oidc";
import { ensureSlapd, SLAPD_SUFFIX, startSlapd } from "@latchkey/tools/slapd";
import { type SmsGateway, startSmsGateway } from "./sms-gateway.ts";

export interface Neighbours {
  mailbox: Mailbox;
  gateway: SmsGateway;
  provider: { issuer: string; clientId: string; clientSecret: string };
  directory: Directory | { missing: string };
  stop(): Promise<void>;
}

interface Directory {
  address: string;
  /** PEM of the authority behind its certificate. */
  ca: string;
  /** The DN that people are below. */
  people: string;
}

const PEOPLE = `ou=people,${SLAPD_SUFFIX}`;
const people = `dn: ${PEOPLE}
objectClass: organizationalUnit
ou: people

dn: uid=alice,${PEOPLE}
objectClass: inetOrgPerson
uid: alice
cn: Alice Liddell
sn: Liddell
mail: alice@example.org
userPassword: wonderland
`;

/** @param origin Where this app is: the provider sends browsers back there. */
export async function startNeighbours(origin: string): Promise<Neighbours> {
  const clientId = "all-logins";
  const clientSecret = randomBytes(32).toString("base64url");
  const mailbox = await startMailbox();
  const gateway = await startSmsGateway();
  const carol = { name: "Carol Harbour", email: "carol@example.org", email_verified: true };
  const provider = await startOidc({
    people: { carol: { password: "lighthouse", claims: carol } },
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${origin}/login/provider`],
        post_logout_redirect_uris: [`${origin}/logout`],
        backchannel_logout_uri: `${origin}/login/provider`,
        backchannel_logout_session_required: true,
        grant_types: ["authorization_code"],
        response_types: ["code"],
      },
    ],
  });
  const { directory, stop } = await startDirectory();
  return {
    mailbox,
    gateway,
    provider: { issuer: provider.issuer, clientId, clientSecret },
    directory,
    async stop() {
      await Promise.all([mailbox.stop(), gateway.stop(), provider.stop(), stop()]);
    },
  };
}

async function startDirectory(): Promise<Pick<Neighbours, "directory" | "stop">> {
  const programs = await ensureSlapd();
  if ("missing" in programs) return { directory: programs, stop: async () => {} };
  const server = await startSlapd(programs);
  if (server.tls === null) throw new Error("the directory has no TLS");
  await server.add(people);
  const address = `ldaps://127.0.0.1:${server.tls.port}`;
  return { directory: { address, ca: server.tls.ca, people: PEOPLE }, stop: () => server.stop() };
}
