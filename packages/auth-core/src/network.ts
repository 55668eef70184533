// What counts as one network: an IPv4 address, or the /64 that one IPv6 customer gets.

import { isIPv4, isIPv6 } from "node:net";

/** `::ffff:192.0.2.1` is `192.0.2.1`; `2001:db8::1` is `2001:db8:0:0`; anything else itself. */
export function networkOf(ip: string): string {
  // Some proxies forward the port, too, which differs with every connection.
  const address = ip.replace(/^(\d+(?:\.\d+){3}):\d+$/, "$1").replace(/^\[(.+)\](?::\d+)?$/, "$1");
  if (isIPv4(address)) return address;
  const bare = address.replace(/%.*$/, "");
  if (!isIPv6(bare)) return address;
  // The URL parser spells every IPv6 address one way (RFC 5952).
  const text = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(text);
  if (mapped?.[1] !== undefined && mapped[2] !== undefined) {
    const [high, low] = [Number.parseInt(mapped[1], 16), Number.parseInt(mapped[2], 16)];
    return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  }
  const [head = "", tail = ""] = text.split("::");
  const groups = head === "" ? [] : head.split(":");
  const rest = tail === "" ? [] : tail.split(":");
  while (groups.length + rest.length < 8) groups.push("0");
  return [...groups, ...rest].slice(0, 4).join(":");
}
