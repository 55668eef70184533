import { expect, test } from "vitest";
import { isInternalAddress, isInternalHost, isSecure } from "../src/provider-address.ts";

test.each([
  "0.0.0.0",
  "10.1.2.3",
  "100.64.0.1",
  "127.0.0.1",
  "127.255.255.255",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.8",
  "192.168.1.1",
  "198.19.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::2",
  "::10.0.0.1",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.1",
  "::ffff:0:10.0.0.1",
  "64:ff9b::a00:1",
  "64:ff9b:1::a00:1",
  "64:ff9b:1:ffff::1",
  "2001::1",
  "2001:0:a00:1::",
  "fec0::1",
  "feff::1",
  "2002:a00:1::",
  "fc00::1",
  "fd12::1",
  "fe80::1",
  "ff02::1",
])("row 65: %s is internal", (address) => {
  expect(isInternalAddress(address)).toBe(true);
});

test.each([
  "8.8.8.8",
  "172.32.0.1",
  "100.128.0.1",
  "192.0.2.1",
  "2606:4700::1111",
  "2001:1::1",
  "2001:4860:4860::8888",
  "64:ff9b:2::1",
  "::ffff:8.8.8.8",
])("%s is not", (address) => {
  expect(isInternalAddress(address)).toBe(false);
});

test("other spellings of an address are the same", () => {
  for (const url of [
    "https://0x7f.1/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://[::1]/",
  ]) {
    expect(isInternalHost(new URL(url).hostname)).toBe(true);
  }
  expect(isInternalHost("localhost.example")).toBe(false);
});

test("https, or http to this very machine", () => {
  const secure = (url: string): boolean => isSecure(new URL(url));
  expect(
    ["https://a.b", "http://localhost:1", "http://127.0.0.1", "http://[::1]"].every(secure),
  ).toBe(true);
  for (const url of [
    "http://a.b",
    "http://localhost.evil.example",
    "http://127.0.0.2",
    "ftp://a.b",
  ]) {
    expect(secure(url)).toBe(false);
  }
});
