import { describe, expect, it } from "vitest";
import { type CookieOptions, createCookie } from "../src/session-cookie.ts";
import { testApp, testExchange } from "./test-app.ts";

function lineFor(options: CookieOptions, protocol: "http" | "https" = "https"): string {
  const exchange = testExchange({}, protocol);
  createCookie(options).write(exchange, "v", null);
  return exchange.setCookies.join("\n");
}

describe("S3: attributes", () => {
  it("row 18: the default is truly __Host-: Secure, Path=/, no Domain", () => {
    expect(lineFor({})).toBe("__Host-sid=v; Path=/; HttpOnly; Secure; SameSite=Lax");
  });

  it.each([
    ["auto on http", {}, "http", "sid=v; Path=/; HttpOnly; SameSite=Lax"],
    [
      "always secure, also behind a proxy that says http",
      { secure: true },
      "http",
      "__Host-sid=v; Path=/; HttpOnly; Secure; SameSite=Lax",
    ],
    ["never secure", { secure: false }, "https", "sid=v; Path=/; HttpOnly; SameSite=Lax"],
    [
      "with a path: no __Host-",
      { path: "/app" },
      "https",
      "sid=v; Path=/app; HttpOnly; Secure; SameSite=Lax",
    ],
    [
      "with a domain: no __Host-",
      { domain: "example.com" },
      "https",
      "sid=v; Path=/; Domain=example.com; HttpOnly; Secure; SameSite=Lax",
    ],
    ["Strict", { sameSite: "Strict" }, "http", "sid=v; Path=/; HttpOnly; SameSite=Strict"],
    [
      "None",
      { sameSite: "None", secure: true },
      "https",
      "__Host-sid=v; Path=/; HttpOnly; Secure; SameSite=None",
    ],
    [
      "partitioned",
      { partitioned: true, secure: true },
      "https",
      "__Host-sid=v; Path=/; HttpOnly; Secure; SameSite=Lax; Partitioned",
    ],
    ["for scripts", { httpOnly: false }, "http", "sid=v; Path=/; SameSite=Lax"],
    [
      "a prefix of one's own",
      { name: "__Secure-sid", secure: true, domain: "example.com" },
      "https",
      "__Secure-sid=v; Path=/; Domain=example.com; HttpOnly; Secure; SameSite=Lax",
    ],
  ] satisfies [string, CookieOptions, "http" | "https", string][])(
    "%s",
    (_, options, protocol, line) => {
      expect(lineFor(options, protocol)).toBe(line);
    },
  );

  it("a removal has the attributes of the cookie that it removes", () => {
    const exchange = testExchange();
    createCookie({ path: "/app", domain: "example.com" }).clear(exchange);
    expect(exchange.setCookies).toEqual([
      "sid=; Path=/app; Domain=example.com; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
    ]);
  });

  const unsafe: [string, object, RegExp][] = [
    ["None without Secure", { sameSite: "None" }, /^cookie\.sameSite/],
    ["None with secure false", { sameSite: "None", secure: false }, /^cookie\.sameSite/],
    ["an unknown sameSite", { sameSite: "lax" }, /^cookie\.sameSite/],
    ["httpOnly as text", { httpOnly: "no" }, /^cookie\.httpOnly/],
    ["partitioned as text", { partitioned: "yes", secure: true }, /^cookie\.partitioned/],
    ["an unknown secure", { secure: "always" }, /^cookie\.secure/],
    ["partitioned without Secure", { partitioned: true }, /^cookie\.partitioned/],
    ["a name with ;", { name: "sid;" }, /^cookie\.name/],
    ["__Host- without Secure", { name: "__Host-sid" }, /^cookie\.name/],
    [
      "__Host- with a domain",
      { name: "__Host-sid", secure: true, domain: "example.com" },
      /^cookie\.name/,
    ],
    ["__host- with a path", { name: "__host-sid", secure: true, path: "/app" }, /^cookie\.name/],
    ["row 18: the prefix misspelled", { name: "__Host_sid", secure: true }, /^cookie\.name/],
  ];
  it.each(unsafe)("%s → refused at start, naming the option", (_, cookie, message) => {
    expect(() => testApp({ cookie })).toThrow(TypeError);
    expect(() => testApp({ cookie })).toThrow(message);
  });
});

describe("S2: two applications on one host", () => {
  it("don't disturb each other, also with one store and one secret", async () => {
    const shop = testApp();
    const blog = shop.another({ cookie: { name: "blog" } });
    const browser = shop.browser();
    await browser.visit((session) => {
      session.data["in"] = "shop";
    });
    await browser.visit(
      (session) => {
        expect(session.data).toEqual({});
        session.data["in"] = "blog";
      },
      { sessions: blog },
    );
    expect([...browser.jar.keys()]).toEqual(["__Host-sid", "__Host-blog"]);
    expect(await browser.visit((session) => session.data["in"])).toBe("shop");
    expect(await browser.visit((session) => session.data["in"], { sessions: blog })).toBe("blog");
  });

  it("a cookie is worth nothing under the other's name", async () => {
    const shop = testApp();
    const blog = shop.another({ cookie: { name: "blog" } });
    const browser = shop.browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    browser.jar.set("__Host-blog", browser.jar.get("__Host-sid") ?? "");
    shop.store.calls.length = 0;
    expect(await browser.visit((session) => session.user, { sessions: blog })).toBeNull();
    expect(shop.store.calls).toEqual([]);
  });

  it("nor is the cookie of http worth anything on https, where a network attacker may have set it", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "mallory" }), { protocol: "http" });
    expect([...browser.jar.keys()]).toEqual(["sid"]);
    browser.jar.set("__Host-sid", browser.jar.get("sid") ?? "");
    expect(await browser.visit((session) => session.user)).toBeNull();
  });
});
