// F4, row 46: what is one network.

import { describe, expect, test } from "vitest";
import { networkOf } from "../src/network.ts";

describe("one network", () => {
  test.each([
    [
      "an IPv4 address",
      ["192.0.2.1", "::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:c000:0201"],
    ],
    [
      "an address and its port",
      ["192.0.2.1", "192.0.2.1:50122", "192.0.2.1:50123", "[::ffff:192.0.2.1]:1"],
    ],
    [
      "an IPv6 /64",
      [
        "2001:db8:1:2::1",
        "2001:db8:1:2:ffff:ffff:ffff:ffff",
        "2001:0DB8:0001:0002::",
        "[2001:db8:1:2::1]:443",
        "[2001:db8:1:2::1]",
      ],
    ],
    ["a link-local /64, whatever the interface", ["fe80::1%eth0", "fe80::2%eth1", "fe80::3"]],
    ["leading zeros left out", ["::1", "0:0:0:0::2", "::"]],
  ])("%s", (_name, addresses) => {
    expect(new Set(addresses.map(networkOf)).size).toBe(1);
  });

  test("100 addresses of one /64", () => {
    const addresses = Array.from({ length: 100 }, (_, n) => `2001:db8:1:2:${n}:${n * 7}:a:${n}`);
    expect(new Set(addresses.map(networkOf))).toEqual(new Set(["2001:db8:1:2"]));
  });
});

test("different networks stay apart", () => {
  const addresses = [
    "192.0.2.1",
    "192.0.2.2",
    "2001:db8:1:2::1",
    "2001:db8:1:3::1",
    "::1",
    "unix:",
    "",
  ];
  expect(new Set(addresses.map(networkOf)).size).toBe(addresses.length);
});

test("what is no address is itself", () => {
  for (const text of ["", "unix:", "a b", "1.2.3", "::g", "999.1.1.1"])
    expect(networkOf(text)).toBe(text);
});
