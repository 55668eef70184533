// The request's own URL, whatever the request line and the Host header say.

import { describe, expect, test } from "vitest";
import { absoluteUrl } from "../src/flow-context.ts";
import { createLoginFlow } from "../src/login-flow.ts";
import { passwordMethod } from "./password-method.ts";
import { type Data, HOST, testApp, testExchange, type User } from "./test-app.ts";

test("is the scheme, the host and the target", () => {
  const { href } = absoluteUrl(testExchange({ url: "/login?next=%2Fa", host: "app.example:8443" }));
  expect(href).toBe("https://app.example:8443/login?next=%2Fa");
});

// A raw client sends what it likes; browsers resolve dots and backslashes first.
const targets = [
  "//evil.com/login",
  "///evil.com",
  "/\\evil.com/login",
  "/\\\\evil.com",
  "/.//evil.com",
  "/%2e//evil.com",
  "/login/..//evil.com",
  "/\t/evil.com",
  "http://evil.com/login",
  "https:evil.com",
  "evil.com:443",
  "*",
  "",
];

describe("a hostile request target", () => {
  test.each(targets)("%j stays on this host, also when printed without it", (url) => {
    const target = absoluteUrl(testExchange({ url }));
    expect(target.host).toBe(HOST);
    const printed = target.pathname + target.search;
    expect(new URL(printed, "https://anywhere.example").host).toBe("anywhere.example");
  });

  test.each(targets)("%j: the form posts to this host", async (url) => {
    const { context, browser } = testApp();
    const flow = createLoginFlow<User, Data>(context, passwordMethod());
    const { action } = await browser().view(flow, url);
    expect(new URL(action, "https://anywhere.example").host).toBe("anywhere.example");
  });
});

describe("a hostile Host header", () => {
  test.each([
    ["", "http://localhost"],
    ["a b", "http://localhost"],
    ["[::1", "http://localhost"],
    ["app.example:99999", "http://localhost"],
    ["app.example\r\nx: y", "http://localhost"],
    ["user:pw@evil.com", "https://evil.com"],
    ["evil.com/path?x", "https://evil.com"],
    ["evil.com#", "https://evil.com"],
    ["EVIL.com", "https://evil.com"],
  ])("%j is no more than a host", (host, origin) => {
    const url = absoluteUrl(testExchange({ host, url: "/login?a" }));
    expect(url.href).toBe(`${origin}/login?a`);
  });

  test("reaches neither the page nor where it leads", async () => {
    const { context, browser } = testApp();
    const flow = createLoginFlow<User, Data>(context, passwordMethod());
    const { body } = await browser().send(flow, { host: "evil.com", url: "/login?next=/a" });
    expect(body).not.toContain("evil");
  });
});
