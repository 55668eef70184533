// Settings: what is taken, what is refused, and that the refusal names the setting.

import { describe, expect, it } from "vitest";
import { readDuration, readPort, readText, readTrustProxy } from "../src/index.ts";

it("an empty setting counts as not set", () => {
  const env = { A: "", B: "  " };
  expect([readText(env, "A"), readText(env, "B"), readText(env, "C")]).toEqual([null, null, null]);
  expect(readDuration(env, "A")).toBeNull();
  expect(readPort(env, "A", 80)).toBe(80);
});

it.each(["30m", "1.5h", "30d"])("duration %s", (text) => {
  expect(readDuration({ LIFETIME: text }, "LIFETIME")).toBe(text);
});

it.each(["30", "30 d", "-1d", "0s", "1y", "1e3s"])("duration %s is refused by name", (text) => {
  expect(() => readDuration({ LIFETIME: text }, "LIFETIME")).toThrow(/^LIFETIME must be/);
});

it.each(["-1", "65536", "3000a", "0x10", "1.5"])("port %s is refused by name", (text) => {
  expect(() => readPort({ PORT: text }, "PORT", 1)).toThrow(/^PORT must be/);
});

describe("trusted proxies", () => {
  it.each([
    ["off", false],
    ["1", 1],
    ["loopback", ["loopback"]],
    ["10.0.0.0/8, ::1", ["10.0.0.0/8", "::1"]],
    ["::ffff:10.0.0.0/104", ["::ffff:10.0.0.0/104"]],
    ["fc00::/7,fe80::/10,2400:cb00::/32", ["fc00::/7", "fe80::/10", "2400:cb00::/32"]],
  ])("%s", (text, expected) => {
    expect(readTrustProxy({ TRUST_PROXY: text }, "TRUST_PROXY")).toEqual(expected);
  });

  it.each([
    "true",
    "0.0.0.0/0",
    "::/0",
    "10.0.0.1,0.0.0.0/0",
    "0.0.0.0/00",
    "::/000",
    "0.0.0.0/1,128.0.0.0/1",
    "10.0.0.0/7",
    "::ffff:0:0/96",
    "::ffff:128.0.0.0/97",
    "0:1::/16",
    "2000::/3",
    "f000::/4",
  ])("%s trusts everybody, or nearly, and needs the named opt-out", (text) => {
    const env = { TRUST_PROXY: text };
    expect(() => readTrustProxy(env, "TRUST_PROXY")).toThrow(/TRUST_PROXY_ALL_IS_UNSAFE=yes/);
    const unsafe = { ...env, TRUST_PROXY_ALL_IS_UNSAFE: "yes" };
    expect(readTrustProxy(unsafe, "TRUST_PROXY")).toBeInstanceOf(Array);
  });

  it("anything else is refused by name", () => {
    expect(() => readTrustProxy({ TRUST_PROXY: "nginx" }, "TRUST_PROXY")).toThrow(/^TRUST_PROXY/);
  });
});
