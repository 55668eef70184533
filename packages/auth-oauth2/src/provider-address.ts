// Which addresses a request to a provider may go to: https, or http on this very machine; and for
// addresses that a provider named, none inside our own network.

import { BlockList, isIP } from "node:net";
import { OAuth2Error } from "./oauth2-error.ts";

/**
 * An address from the configuration.
 *
 * @throws {TypeError} That names the option, unless it is an https URL or an http one of loopback.
 */
export function configuredUrl(value: string | URL, option: string): URL {
  const url = URL.canParse(String(value)) ? new URL(value) : null;
  if (url === null || !isSecure(url)) {
    throw new TypeError(`${option} must be an https URL (http only for localhost)`);
  }
  if (url.username !== "" || url.password !== "" || url.hash !== "") {
    throw new TypeError(`${option} must have no user name, password or fragment`);
  }
  return url;
}

/**
 * An address that a provider named, in its metadata.
 *
 * @throws {OAuth2Error} `ERR_ADDRESS_BLOCKED`, `ERR_PROVIDER_ANSWER`.
 */
export function namedUrl(value: unknown, what: string): URL {
  if (typeof value !== "string" || !URL.canParse(value)) {
    throw new OAuth2Error("ERR_PROVIDER_ANSWER", `${what} is not a URL`);
  }
  const url = new URL(value);
  if (!isSecure(url) || url.username !== "" || url.password !== "") {
    throw new OAuth2Error("ERR_ADDRESS_BLOCKED", `${what} is not an https URL`);
  }
  return url;
}

/** @see RFC 8252 §8.3: http to loopback never leaves the machine. */
export function isSecure({ protocol, hostname }: URL): boolean {
  const isLoopback = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  return protocol === "https:" || (protocol === "http:" && isLoopback);
}

/** Whether the host of a URL is an internal address by its very spelling. */
export function isInternalHost(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, "");
  return isIP(address) !== 0 && isInternalAddress(address);
}

/** Loopback, private, link-local, multicast and otherwise special: RFC 6890. */
export function isInternalAddress(address: string): boolean {
  return internal.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

const internal = new BlockList();
for (const range of [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/3",
]) {
  add(range, "ipv4");
}
// With the prefixes that carry an IPv4 address: compatible, translated, NAT64, Teredo and 6to4.
for (const range of [
  "::/96",
  "::ffff:0:0:0/96",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "2001::/32",
  "2002::/16",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
]) {
  add(range, "ipv6");
}

function add(range: string, family: "ipv4" | "ipv6"): void {
  const [network = "", bits] = range.split("/");
  internal.addSubnet(network, Number(bits), family);
}
