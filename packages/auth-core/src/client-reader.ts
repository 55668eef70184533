// Who the client is and how it came, by the word of those proxies that are trusted, and nobody else.

import { type AddressRange, addressBits, isInRange, parseRanges } from "./address-range.ts";
import { plainAddress } from "./network.ts";

/**
 * How many proxies stand before the server, or their addresses: `10.0.0.0/8`, `::1`, `loopback`,
 * `linklocal`, `uniquelocal`. `false` for none.
 */
export type TrustProxy = number | readonly string[] | false;

/** What the server itself sees. */
export interface Connection {
  /** Address of whoever connected; empty where the runtime doesn't say. */
  ip: string;
  protocol: "http" | "https";
  host: string;
  getHeader(name: string): string | undefined;
}

export interface Client {
  /** An IPv4 address is `192.0.2.1` on a server that listens on IPv6, too. */
  readonly ip: string;
  readonly protocol: "http" | "https";
  /** Host and, unless it is the default one, port. */
  readonly host: string;
}

/** @throws {TypeError} When `trustProxy` is neither. */
export function createClientReader(
  trustProxy: TrustProxy = false,
): (connection: Connection) => Client {
  if (trustProxy === false || trustProxy === 0) {
    return ({ ip, protocol, host }) => ({ ip: plainAddress(ip), protocol, host });
  }
  const trusts = trustRule(trustProxy);

  return (connection) => {
    const { ip, protocol, host } = connection;
    if (!trusts(ip, 0)) return { ip: plainAddress(ip), protocol, host };
    const said = lastOf(connection.getHeader("x-forwarded-proto"))?.toLowerCase();
    return {
      ip: plainAddress(clientOf(ip, connection.getHeader("x-forwarded-for"))),
      protocol: said === "https" || said === "http" ? said : protocol,
      host: lastOf(connection.getHeader("x-forwarded-host")) ?? host,
    };
  };

  /** Each proxy adds at the end whom it sees: the last one that is not a proxy of ours. */
  function clientOf(ip: string, forwardedFor: string | undefined): string {
    const hops = (forwardedFor ?? "").split(",").map((hop) => hop.trim());
    let client = ip;
    for (let hop = 0; trusts(client, hop); hop++) {
      const before = hops.pop();
      if (before === undefined || before === "") break;
      client = before;
    }
    return client;
  }
}

/**
 * What the nearest proxy has set, or added behind what the client said.
 *
 * @param list A forwarded header; its first values may be the client's own invention.
 * @returns `null` when there is none.
 */
export function lastOf(list: string | undefined): string | null {
  return list?.split(",").at(-1)?.trim() || null;
}

function trustRule(trustProxy: number | readonly string[]): (ip: string, hop: number) => boolean {
  if (typeof trustProxy === "number" && Number.isInteger(trustProxy) && trustProxy > 0) {
    return (_ip, hop) => hop < trustProxy;
  }
  const wrong =
    "trustProxy must be false, a number of proxies, or a list of addresses, ranges and " +
    "'loopback', 'linklocal', 'uniquelocal'";
  if (!Array.isArray(trustProxy)) throw new TypeError(wrong);
  const ranges = trustProxy.flatMap((text: unknown): AddressRange[] => {
    const parsed = typeof text === "string" ? parseRanges(text.trim()) : null;
    if (parsed === null) throw new TypeError(`${wrong}; not '${text}'`);
    return parsed;
  });
  return (ip) => {
    const bits = addressBits(ip);
    return bits !== null && ranges.some((range) => isInRange(bits, range));
  };
}
