// F1: where to go next. Row 27: never to another site, however it is spelled.

import { describe, expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import type { LoginOptions } from "../src/login-options.ts";
import { createNextUrl, type NextOptions, safeUrl } from "../src/next-url.ts";
import { passwordMethod, right } from "./password-method.ts";
import { type Data, json, ORIGIN, testApp, testExchange, type User } from "./test-app.ts";

interface Ask {
  query?: string;
  referer?: string;
  field?: string;
  headers?: Record<string, string>;
}

/** What a login at `/login` makes of a request. */
function resolve(options: NextOptions | undefined, ask: Ask): string {
  const headers = { ...(ask.referer && { referer: ask.referer }), ...ask.headers };
  const url = new URL(`/login${ask.query ?? ""}`, ORIGIN);
  const fields: Record<string, string> = ask.field === undefined ? {} : { next: ask.field };
  return createNextUrl(options).resolve(testExchange({ headers }), url, fields);
}

describe("F1: where to go next", () => {
  const query = "?next=%2Fa%3Fb%3D1";
  const referer = `${ORIGIN}/from?c=2`;

  test.each<[string, NextOptions | undefined, Ask, string]>([
    ["the query goes before the header", undefined, { query, referer }, "/a?b=1"],
    ["the header goes before the url", { header: "Referer", url: "/x" }, { referer }, "/from?c=2"],
    ["the url comes last", { query: "next", url: "/x" }, {}, "/x"],
    ["nothing said is /", undefined, {}, "/"],
    [
      "what is unsafe is passed over",
      undefined,
      { query: "?next=//evil.com", referer },
      "/from?c=2",
    ],
    ["the form goes before the query", undefined, { field: "/f", query }, "/f"],
    ["url alone is always", { url: "/x" }, { query, referer, field: "/f" }, "/x"],
    ["url alone may be relative", { url: "../" }, { query }, "../"],
    ["a header alone", { query: false }, { query, referer }, "/from?c=2"],
    ["a query alone", { header: false }, { referer }, "/"],
    ["nothing at all", { query: false, header: false }, { query, referer, field: "/f" }, "/"],
    ["another header", { header: "X-Back" }, { referer, headers: { "x-back": "/b" } }, "/b"],
    ["a fragment is kept", undefined, { query: "?next=/a%23top" }, "/a#top"],
    ["relative to the login page", undefined, { query: "?next=b" }, "/b"],
    ["dots stay on this host", undefined, { query: "?next=../../x" }, "/x"],
    ["the present directory", undefined, { query: "?next=." }, "/"],
    ["a query alone is the login page itself", undefined, { query: "?next=%3Fa=1" }, "/"],
    ["two of a name: the first", undefined, { query: "?next=/1&next=/2" }, "/1"],
  ])("%s", (_name, options, ask, expected) => {
    expect(resolve(options, ask)).toBe(expected);
  });

  test("a query of another name", () => {
    const next = createNextUrl({ query: "later" });
    const url = new URL("/login?later=/a&next=/b", ORIGIN);
    expect(next.field).toBe("later");
    expect(next.resolve(testExchange(), url, {})).toBe("/a");
    expect(next.resolve(testExchange(), url, { later: "/f", next: "/g" })).toBe("/f");
  });

  test.each(["/login", "/login/", "/login?next=/a", `${ORIGIN}/login#x`])(
    "never the login page itself: %s",
    (referer) => {
      expect(resolve(undefined, { referer: new URL(referer, ORIGIN).href })).toBe("/");
      expect(resolve(undefined, { field: referer })).toBe("/");
    },
  );
});

describe("F1, through the login", () => {
  async function login(next: NextOptions, referer: string, url = "/login"): Promise<unknown> {
    const app = testApp();
    const browser = app.browser();
    const flow = createLoginFlow<User, Data>(app.context, passwordMethod(), { next });
    const page = await browser.view(flow, url, { referer });
    const body = { ...right, [page.csrf.name]: page.csrf.value, [page.next.name]: page.next.value };
    const headers = { origin: ORIGIN, referer: ORIGIN + url };
    const answer = await browser.send(flow, { method: "POST", url, headers, body });
    expect(answer.status).toBe(303);
    return answer.header("location");
  }

  test.each<[string, NextOptions]>([
    ["by default", {}],
    ["without a query", { query: false }],
    ["under another name", { query: "later" }],
  ])("the page that the visitor came from survives the form, %s", async (_name, next) => {
    expect(await login(next, `${ORIGIN}/reports`)).toBe("/reports");
  });

  test("nobody comes back to the logout page, or to another login page", async () => {
    expect(await login({}, `${ORIGIN}/logout`)).toBe("/");
    expect(await login({}, `${ORIGIN}/logout/?next=/a`)).toBe("/");
    expect(await login({}, `${ORIGIN}/login`, "/login/staff")).toBe("/");
    expect(await login({}, `${ORIGIN}/`, "/login?next=/logout")).toBe("/");
  });

  test("a URL on another origin may be fixed, and the form may end up there", async () => {
    const { context, browser } = testApp();
    const options: LoginOptions<User, Data> = { next: { url: "https://other.example/home" } };
    const flow = createLoginFlow<User, Data>(context, passwordMethod(), options);
    const visitor = browser();
    const page = await visitor.send(flow);
    expect(page.header("content-security-policy")).toContain(
      "form-action 'self' https://other.example;",
    );
    const answer = await visitor.submit(flow, right);
    expect(answer.header("location")).toBe("https://other.example/home");
  });

  test("programs are told, and nothing redirects them", async () => {
    const { context, browser } = testApp();
    const flow = createLoginFlow<User, Data>(context, passwordMethod());
    const body = { ...right, next: "/a" };
    const answer = await browser().send(flow, { method: "POST", headers: json, body });
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ user: { id: "alice" }, next: "/a" });
  });
});

describe("F1: other origins, where the application lists them", () => {
  const allow = ["https://app2.example", "http://localhost:3000"];

  test.each([
    ["https://app2.example/a?b#c", "https://app2.example/a?b#c"],
    ["https://app2.example", "https://app2.example/"],
    ["HTTPS://APP2.example/", "https://app2.example/"],
    ["http://localhost:3000/x", "http://localhost:3000/x"],
    ["//app2.example/x", "https://app2.example/x"],
  ])("%s", (query, expected) => {
    expect(resolve({ allow }, { query: `?next=${encodeURIComponent(query)}` })).toBe(expected);
  });

  test.each([
    "http://app2.example/",
    "https://app2.example:444/",
    "https://app2.example.evil.com/",
    "https://x.app2.example/",
    "https://user@app2.example/",
    "https://app2.example@evil.com/",
    "https://evil.com/https://app2.example",
    "http://localhost:3001/",
    "blob:https://app2.example/1",
  ])("but not %s", (value) => {
    expect(safeUrl(value, new URL("/login", ORIGIN), allow)).toBeNull();
  });
});

/** Each is another site, or a script, to some browser, parser or redirector. */
const hostile = [
  "//evil.com",
  "///evil.com",
  "////evil.com",
  "/\\evil.com",
  "\\/evil.com",
  "\\\\evil.com",
  "/\\/evil.com",
  "/a\\b",
  "/.//evil.com",
  "/..//evil.com",
  "/a/..//evil.com",
  "/%2e//evil.com",
  "/%2E%2e//evil.com",
  ".//\\evil.com",
  "./\\/evil.com",
  "//evil%2e",
  "//evil%2ecom",
  "//evil.com%2f@app.example",
  "http:/evil",
  "http:evil.com",
  "http:\\\\evil.com",
  "https://evil.com",
  "HTTPS://EVIL.COM",
  "https:/\\evil.com",
  "https:///evil.com",
  "https://app.example.evil.com/",
  "https://app.example@evil.com/",
  "https://app.example:pw@evil.com/",
  "https://me@app.example/",
  "https://me:pw@app.example/",
  "https://evil.com#@app.example",
  "https://evil.com?app.example",
  "https://evil.com\\@app.example",
  "https://app.example:8443/",
  "https://app.example./",
  "https://2130706433/",
  "https://[::1]/",
  "/\t/evil.com",
  "/\n/evil.com",
  "/\r/evil.com",
  "\t//evil.com",
  " //evil.com",
  "//evil.com ",
  "/a b",
  "\u0000//evil.com",
  "/\u0000/evil.com",
  "/a\u0000",
  "/a\r\nset-cookie: x=1",
  "ht\ttps://evil.com",
  "https:\n//evil.com",
  "//evil。com",
  "//evil．com",
  "／／evil.com",
  "/／evil.com",
  "/∕evil.com",
  "/\u2028/evil.com",
  "/\u200b/evil.com",
  "\ufeff//evil.com",
  "//ⓔvil.com",
  "javascript:alert(1)",
  "JAVASCRIPT:alert(1)",
  "java\tscript:alert(1)",
  "\u0001javascript:alert(1)",
  "javascript://app.example/%0aalert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:x",
  "file:///etc/passwd",
  "ftp://app.example/",
  "blob:https://app.example/1",
  "mailto:a@evil.com",
  "about:blank",
  "ws://app.example/",
  "//",
  "///",
  "/\\",
  "https://",
  "http://:80",
  `/${"a".repeat(2_048)}`,
  `https://evil.com/${"a".repeat(3_000)}`,
  `/${"/".repeat(500)}evil.com`,
];

describe("row 27: another site is never gone to", () => {
  const base = new URL("/login", ORIGIN);
  const named = hostile.map((value) => [JSON.stringify(value).slice(0, 50), value] as const);

  test.each(named)("%s", (_name, value) => {
    expect(safeUrl(value, base)).toBeNull();
    expect(resolve(undefined, { query: `?next=${encodeURIComponent(value)}` })).toBe("/");
    expect(resolve(undefined, { field: value })).toBe("/");
    // Encoded once more, it is either still refused or an ordinary path of this site.
    const again = resolve(undefined, { field: encodeURIComponent(value) });
    expect(new URL(again, base).origin).toBe(ORIGIN);
    expect(again).toMatch(/^\/(?!\/)/);
    if (!/[^\x20-\xff]|[\0\r\n]/.test(value))
      expect(resolve(undefined, { referer: value })).toBe("/");
  });

  // Strange, but pages of this host: what comes out is a path that can't be taken for a host.
  test.each([
    ["https:evil.com", "/evil.com"],
    ["https:/evil.com", "/evil.com"],
    ["/%5cevil.com", "/%5cevil.com"],
    ["/%2f/evil.com", "/%2f/evil.com"],
    ["/%09/evil.com", "/%09/evil.com"],
    ["/%0d%0aset-cookie:x=1", "/%0d%0aset-cookie:x=1"],
    ["/a//evil.com", "/a//evil.com"],
    ["/a?next=//evil.com", "/a?next=//evil.com"],
    ["#//evil.com/", null],
    ["https://APP.example/a", "/a"],
    ["http://app.example/a", "/a"],
    ["//app.example/a", "/a"],
    ["../x", "/x"],
    ["evil.com", "/evil.com"],
  ])("%j is a page of this host", (value, expected) => {
    const safe = safeUrl(value, base);
    expect(safe).toBe(expected);
    if (safe !== null)
      expect(new URL(safe, "https://anywhere.example").host).toBe("anywhere.example");
  });

  test.each(named)("%s, posted and asked for, through the login", async (_name, value) => {
    const app = testApp();
    const flow = createLoginFlow<User, Data>(app.context, passwordMethod());
    const url = `/login?next=${encodeURIComponent(value)}`;
    const posted = await app.browser().submit(flow, { ...right, next: value });
    const asked = await app.browser().submit(flow, right, { url });
    for (const answer of [posted, asked]) {
      expect([answer.status, answer.header("location")]).toEqual([303, "/"]);
    }
    const { body } = await app.browser().send(flow, { url });
    const links = [...body.matchAll(/<input[^>]*name="next" value="([^"]*)"/g)];
    expect(links.map(([, link]) => link)).toEqual(["/"]);
  });
});

describe("options are checked at construction", () => {
  test.each<[string, NextOptions]>([
    ["next.query", { query: "" }],
    ["next.header", { header: "" }],
    ["next.header", { header: "a b" }],
    ["next.header", { header: "x\r\ny" }],
    ["next.url", { url: "" }],
    ["next.url", { url: "/a\r\nset-cookie: x=1" }],
    ["next.url", { url: "/日本" }],
    ["next.url", { url: "http://" }],
    ["next.allow", { allow: ["app2.example"] }],
    ["next.allow", { allow: ["https://app2.example/"] }],
    ["next.allow", { allow: ["https://*.example/x"] }],
    ["next.allow", { allow: ["*"] }],
  ])("%s: %j", (name, options) => {
    expect(() => createNextUrl(options)).toThrow(TypeError);
    expect(() => createNextUrl(options)).toThrow(name);
  });

  test("where to log in and out", () => {
    expect(() => testApp({ loginUrl: "http://" })).toThrow(/loginUrl/);
    expect(() => testApp({ logoutUrl: "https://[" })).toThrow(/logoutUrl/);
  });
});
