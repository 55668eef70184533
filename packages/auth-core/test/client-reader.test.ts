// Whose word about the client counts: that of trusted proxies, and nobody else's.

import { describe, expect, it } from "vitest";
import { createClientReader, type TrustProxy } from "../src/client-reader.ts";

const claims: Record<string, string> = {
  "x-forwarded-for": "198.51.100.7, 203.0.113.9",
  "x-forwarded-proto": "https",
  "x-forwarded-host": "app.example.com",
};

function read(trustProxy: TrustProxy, ip: string, headers: Record<string, string> = claims) {
  const getHeader = (name: string): string | undefined => headers[name];
  return createClientReader(trustProxy)({ ip, protocol: "http", host: "inner:3000", getHeader });
}

const seen = { protocol: "http", host: "inner:3000" };
const told = { protocol: "https", host: "app.example.com" };

describe("trustProxy", () => {
  it.each<[TrustProxy, string, object]>([
    [false, "10.0.0.1", { ip: "10.0.0.1", ...seen }],
    [0, "10.0.0.1", { ip: "10.0.0.1", ...seen }],
    [1, "10.0.0.1", { ip: "203.0.113.9", ...told }],
    [2, "10.0.0.1", { ip: "198.51.100.7", ...told }],
    [9, "10.0.0.1", { ip: "198.51.100.7", ...told }],
    [1, "", { ip: "203.0.113.9", ...told }],
    [false, "::ffff:10.0.0.1", { ip: "10.0.0.1", ...seen }],
    [["127.0.0.1"], "::FFFF:10.0.0.1", { ip: "10.0.0.1", ...seen }],
    [false, "2001:db8::ffff:1", { ip: "2001:db8::ffff:1", ...seen }],
    [["10.0.0.0/8"], "10.9.9.9", { ip: "203.0.113.9", ...told }],
    [["10.0.0.0/8"], "11.0.0.1", { ip: "11.0.0.1", ...seen }],
    [["10.0.0.0/8"], "", { ip: "", ...seen }],
    [["10.0.0.1", "203.0.113.0/24"], "10.0.0.1", { ip: "198.51.100.7", ...told }],
    [["loopback"], "::1", { ip: "203.0.113.9", ...told }],
    [["loopback"], "::ffff:127.0.0.1", { ip: "203.0.113.9", ...told }],
    [["127.0.0.1"], "::ffff:7f00:1", { ip: "203.0.113.9", ...told }],
    [["uniquelocal", "linklocal"], "fd12::7", { ip: "203.0.113.9", ...told }],
    [["uniquelocal", "linklocal"], "fe80::1%eth0", { ip: "203.0.113.9", ...told }],
    [["2001:db8::/32"], "2001:db8:1::1", { ip: "203.0.113.9", ...told }],
    [["2001:db8::/32"], "2001:db9::1", { ip: "2001:db9::1", ...seen }],
    [["0.0.0.0/0", "::/0"], "192.0.2.1", { ip: "198.51.100.7", ...told }],
  ])("%j, connected by %s", (trustProxy, ip, expected) => {
    expect(read(trustProxy, ip)).toEqual(expected);
  });

  it("an IPv4 address that a proxy sees as an IPv6 one is plain", () => {
    expect(read(1, "::1", { "x-forwarded-for": "::ffff:203.0.113.9" }).ip).toBe("203.0.113.9");
  });

  it("of several hosts and protocols the last counts: the ones before may be the client's invention", () => {
    const added = {
      "x-forwarded-for": "198.51.100.7",
      "x-forwarded-proto": "https, http",
      "x-forwarded-host": "evil.example, app.example.com",
    };
    const client = { ip: "198.51.100.7", protocol: "http", host: "app.example.com" };
    expect(read(1, "10.0.0.1", added)).toEqual(client);
    expect(read(["10.0.0.0/8"], "10.0.0.1", added)).toEqual(client);
    const empty = { "x-forwarded-host": "evil.example, ", "x-forwarded-proto": "https," };
    expect(read(1, "10.0.0.1", empty)).toEqual({ ip: "10.0.0.1", ...seen });
  });

  it("a proxy that says nothing, or nonsense, leaves what the server sees", () => {
    expect(read(1, "10.0.0.1", {})).toEqual({ ip: "10.0.0.1", ...seen });
    const nonsense = {
      "x-forwarded-proto": "gopher",
      "x-forwarded-for": ",",
      "x-forwarded-host": "",
    };
    expect(read(1, "10.0.0.1", nonsense)).toEqual({ ip: "10.0.0.1", ...seen });
  });

  it.each([true, "1", -1, 1.5, ["nonsense"], ["10.0.0.0/33"], ["300.1.1.1"], ["::/129"], [7]])(
    "%j is refused",
    (value) => {
      const trustProxy: unknown = value;
      // biome-ignore lint/suspicious/noExplicitAny: what plain JavaScript may pass
      expect(() => createClientReader(trustProxy as any)).toThrow(/^trustProxy must be/);
    },
  );
});
