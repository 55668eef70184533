// Internet addresses and ranges of them, without a runtime's own library.

/** The top `prefix` of 128 bits. */
export interface AddressRange {
  bits: bigint;
  prefix: number;
}

// RFC 1122, 3927, 1918, 4291, 4193.
const named: Readonly<Record<string, readonly string[]>> = {
  loopback: ["127.0.0.1/8", "::1/128"],
  linklocal: ["169.254.0.0/16", "fe80::/10"],
  uniquelocal: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
};

/** `10.0.0.0/8`, one address, `loopback`, `linklocal` or `uniquelocal`; `null` for anything else. */
export function parseRanges(text: string): AddressRange[] | null {
  const known = Object.hasOwn(named, text) ? named[text] : undefined;
  if (known !== undefined) return known.flatMap((range) => parseRanges(range) ?? []);
  const [, address = "", length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bits = addressBits(address);
  if (bits === null) return null;
  const before = address.includes(":") ? 0 : 96;
  const prefix = length === undefined ? 128 : before + Number(length);
  return prefix > 128 ? null : [{ bits, prefix }];
}

export function isInRange(bits: bigint, range: AddressRange): boolean {
  const shift = BigInt(128 - range.prefix);
  return bits >> shift === range.bits >> shift;
}

/** An IPv4 address as the IPv6 one that stands for it (RFC 4291 §2.5.5.2); `null` for no address. */
export function addressBits(text: string): bigint | null {
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (four !== undefined) {
    if (four.some((byte) => byte > 255)) return null;
    return four.reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0xffffn);
  }
  const bare = text.replace(/%.*$/, "");
  if (!/^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(bare) || !URL.canParse(`http://[${bare}]`)) return null;
  // The URL parser spells every IPv6 address one way (RFC 5952).
  const [head = "", tail = ""] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split("::");
  const [left, right] = [groupsOf(head), groupsOf(tail)];
  const gap = Array.from({ length: 8 - left.length - right.length }, () => 0n);
  return [...left, ...gap, ...right].reduce((bits, group) => (bits << 16n) | group, 0n);
}

function groupsOf(text: string): bigint[] {
  return text === "" ? [] : text.split(":").map((group) => BigInt(`0x${group}`));
}
