// Settings from the environment, each checked and named in its error.

import { type Duration, parseDuration } from "@latchkey/session-core";

/** Text of the environment by name, e.g. `process.env`. An empty text counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** @returns `null` when it is not set. */
export function readText(env: Environment, name: string): string | null {
  return env[name]?.trim() || null;
}

/**
 * A length of time such as `30d`.
 *
 * @returns `null` when it is not set.
 * @throws {TypeError} That names the setting.
 */
export function readDuration(env: Environment, name: string): Duration | null {
  const text = readText(env, name);
  if (text === null) return null;
  if (isDuration(text)) return text;
  throw new TypeError(`${name} must be a length of time such as 30m, 12h or 30d, not '${text}'`);
}

/** A TCP port; 0 is any free one. @throws {TypeError} That names the setting. */
export function readPort(env: Environment, name: string, fallback: number): number {
  const text = readText(env, name);
  if (text === null) return fallback;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new TypeError(`${name} must be a port from 0 to 65535, not '${text}'`);
}

/**
 * Which proxies may say where a request comes from: how many hops, or their addresses. To trust
 * everyone, or a large part of the internet, lets visitors choose their own address and must be
 * asked for by name.
 *
 * @returns `false` when it is not set.
 * @throws {TypeError} That names the setting.
 */
export function readTrustProxy(env: Environment, name: string): number | string[] | false {
  const text = readText(env, name);
  if (text === null || text === "false" || text === "off" || text === "0") return false;
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const addresses = text.split(",").map((part) => part.trim());
  const known = /^(?:loopback|linklocal|uniquelocal|[0-9a-fA-F.:]+(?:\/\d{1,3})?)$/;
  const all = addresses.some(isWide) || text === "true";
  if (all && env[`${name}_ALL_IS_UNSAFE`] !== "yes") {
    throw new TypeError(
      `${name}=${text} trusts every visitor's word about their address, or a large part of them;` +
        ` give the number of proxies or their addresses, or set ${name}_ALL_IS_UNSAFE=yes`,
    );
  }
  if (text === "true") return ["0.0.0.0/0", "::/0"];
  if (addresses.every((address) => known.test(address))) return addresses;
  throw new TypeError(`${name} must be a number of proxies or a list of addresses, not '${text}'`);
}

/** Larger than any network that somebody's proxies stand in: strangers' addresses are in it. */
function isWide(address: string): boolean {
  const [start = "", length] = address.split("/");
  if (length === undefined) return false;
  if (!start.includes(":")) return Number(length) < 8;
  const first = Number.parseInt(start, 16) || 0; // `::` begins with zeros
  // IPv4 addresses are in there as well, after 96 bits: RFC 4291 §2.5.5.2.
  if (first === 0) return Number(length) < 104;
  const isLocal = (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80;
  return Number(length) < (isLocal ? 7 : 16);
}

function isDuration(text: string): text is Duration {
  return parseDuration(text) !== null;
}
