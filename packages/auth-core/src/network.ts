// How an address is written, and what counts as one network: an IPv4 address, or the /64 that one
// IPv6 customer gets.

import { addressBits } from "./address-range.ts";

/**
 * `::ffff:192.0.2.1`, as a server that listens on IPv6 sees an IPv4 address (RFC 4291 §2.5.5.2), is
 * `192.0.2.1`; anything else itself.
 */
export function plainAddress(ip: string): string {
  return ip.replace(/^::ffff:(?=\d+\.)/i, "");
}

/** `::ffff:192.0.2.1` is `192.0.2.1`; `2001:db8::1` is `2001:db8:0:0`; anything else itself. */
export function networkOf(ip: string): string {
  // Some proxies forward the port, too, which differs with every connection.
  const address = ip.replace(/^(\d+(?:\.\d+){3}):\d+$/, "$1").replace(/^\[(.+)\](?::\d+)?$/, "$1");
  const bits = addressBits(address);
  if (bits === null) return address;
  const part = (shift: number, mask: bigint): bigint => (bits >> BigInt(shift)) & mask;
  if (bits >> 32n === 0xffffn) return [24, 16, 8, 0].map((shift) => part(shift, 255n)).join(".");
  return [112, 96, 80, 64].map((shift) => part(shift, 0xffffn).toString(16)).join(":");
}
