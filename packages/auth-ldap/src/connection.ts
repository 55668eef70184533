// One connection to one server, encrypted before anything is said, for one login: a socket of ours
// with a client on it that can neither reconnect nor outlive its time.

import { isIP, connect as openTcp, type Socket } from "node:net";
import { type ConnectionOptions, connect as openTls, type SecureContext } from "node:tls";
import { Client } from "ldapts";
import { Failure } from "./ldap-login-error.ts";

export interface LdapServer {
  /** As in the options, for the operator. */
  url: string;
  host: string;
  port: number;
  security: "ldaps" | "starttls" | "plaintext";
}

export interface TlsSettings {
  /** Whom to trust. */
  secureContext: SecureContext;
  /** What the certificate must be for, where that is not the host. */
  servername: string | null;
}

export interface Connection {
  readonly client: Client;
  close(): void;
}

/**
 * @param signal Its end is the connection's end, whatever is under way on it.
 * @throws {Failure} `ERR_LDAP_CONNECT` or `ERR_LDAP_TLS`.
 */
export async function connect(
  server: LdapServer,
  tls: TlsSettings,
  signal: AbortSignal,
): Promise<Connection> {
  const { host, port, security } = server;
  const socket = openTcp({ host, port, signal });
  socket.setNoDelay(true);
  socket.on("error", () => {}); // who waits for something is told by its own listener
  try {
    await happens(socket, "connect").catch((cause) => fail("ERR_LDAP_CONNECT", cause));
    if (security === "plaintext") return connectionOn(socket);
    if (security === "starttls") await askForTls(socket);
    const secure = openTls({ ...tlsOptions(host, tls), socket });
    secure.on("error", () => {});
    await happens(secure, "secureConnect").catch((cause) => fail("ERR_LDAP_TLS", cause));
    return connectionOn(secure);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/**
 * RFC 4511 §4.14. By a client of its own: what somebody in between sent after the answer, in the clear,
 * must never be read as the beginning of what comes over TLS.
 */
async function askForTls(socket: Socket): Promise<void> {
  try {
    await clientOn(socket).exop("1.3.6.1.4.1.1466.20037");
  } catch (cause) {
    fail("ERR_LDAP_TLS", cause);
  }
}

function tlsOptions(host: string, { secureContext, servername }: TlsSettings): ConnectionOptions {
  const name = servername ?? host;
  // `host` is what the certificate must be for; RFC 6066 §3: an address is no server name.
  return { secureContext, host: name, ...(isIP(name) ? {} : { servername: name }) };
}

function connectionOn(socket: Socket): Connection {
  const client = clientOn(socket);
  return {
    client,
    close() {
      // Sends a goodbye and closes; nobody has to wait for it.
      client.unbind().catch(() => socket.destroy());
    },
  };
}

/** Its url is of no account: it gets this socket, once, and would reconnect in the clear. */
function clientOn(socket: Socket): Client {
  let given = false;
  return new Client({
    url: "ldap://localhost",
    createConnection: () => {
      if (given || socket.destroyed) throw new Error("the connection has ended");
      given = true;
      return socket;
    },
  });
}

function happens(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the connection was closed")));
  });
}

function fail(code: "ERR_LDAP_CONNECT" | "ERR_LDAP_TLS", cause: unknown): never {
  throw new Failure(code, cause);
}
