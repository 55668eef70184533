import { describe, expect, it } from "vitest";
import { type CookieAttributes, checkCookie, formatCookie, readCookie } from "../src/cookie.ts";
import { testApp } from "./test-app.ts";

const attributes: CookieAttributes = {
  path: "/",
  domain: null,
  httpOnly: true,
  secure: true,
  sameSite: "Lax",
  partitioned: false,
  maxAge: 60,
};

describe("reading a cookie", () => {
  it.each([
    ["alone", "sid=v", "v"],
    ["first", "sid=v; a=1", "v"],
    ["last", "a=1; sid=v", "v"],
    ["without blanks", "a=1;sid=v;b=2", "v"],
    ["with tabs and more blanks", "a=1;\t  sid=v  ; b=2", "v"],
    ["an empty value", "sid=", ""],
    ["= in the value", "sid=a=b", "a=b"],
    ["after an empty pair", ";; ;sid=v", "v"],
    ["after a pair without =", "junk; sid=v", "v"],
  ])("%s", (_, header, expected) => {
    expect(readCookie(header, "sid")).toBe(expected);
  });

  it.each([
    ["no header", undefined],
    ["an empty header", ""],
    ["another name", "side=v; xsid=v; SID=v"],
    ["a name without =", "sid"],
    ["a blank before =", "sid =v"],
    ["the name in a value", "a=sid=v"],
  ])("%s → none", (_, header) => {
    expect(readCookie(header, "sid")).toBeNull();
  });

  it("row 19: two cookies of one name → none, never first-wins", () => {
    expect(readCookie("sid=good; sid=evil", "sid")).toBeNull();
    expect(readCookie("sid=v; a=1; sid=v", "sid")).toBeNull();
    expect(readCookie("sid=; sid=v", "sid")).toBeNull();
  });

  it("row 22: names that are special in JavaScript are plain names", () => {
    const header = "__proto__=1; constructor=2; toString=3";
    expect(readCookie(header, "sid")).toBeNull();
    expect(readCookie(header, "__proto__")).toBe("1");
    expect(readCookie("a=1", "constructor")).toBeNull();
    expect(Object.hasOwn(Object.prototype, "1")).toBe(false);
  });
});

describe("row 24: a hostile header costs next to nothing", () => {
  const thousand = Array.from({ length: 1_000 }, (_, index) => `c${index}=${"x".repeat(10)}`);
  it.each([
    ["1,000 cookies in 16 kB", thousand.join("; ")],
    ["16 kB of semicolons", ";".repeat(16_384)],
    ["16 kB of blanks", " ".repeat(16_384)],
    ["16 kB of equal signs", "=".repeat(16_384)],
    ["16 kB in the session's value", `__Host-sid=${"A".repeat(16_384)}`],
    ["bad percent encodings", "__Host-sid=%E0%A4%A; a=%; b=%zz"],
    ["dots", `__Host-sid=${".".repeat(16_384)}`],
  ])("%s → anonymous, no store call, under 5 ms", async (_, cookie) => {
    const app = testApp();
    const browser = app.browser({ cookie });
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const before = performance.now();
      const { session } = await browser.open();
      times.push(performance.now() - before);
      expect(session.id).toBeNull();
    }
    expect(Math.min(...times)).toBeLessThan(5); // The machine may be busy, but not five times.
    expect(app.store.calls).toEqual([]);
  });
});

describe("writing a cookie", () => {
  it("spells the attributes out", () => {
    expect(formatCookie("__Host-sid", "v", attributes)).toBe(
      "__Host-sid=v; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax",
    );
    expect(
      formatCookie("sid", "v", {
        path: "/app",
        domain: "example.com",
        httpOnly: false,
        secure: false,
        sameSite: "Strict",
        partitioned: false,
        maxAge: null,
      }),
    ).toBe("sid=v; Path=/app; Domain=example.com; SameSite=Strict");
    expect(
      formatCookie("sid", "v", { ...attributes, partitioned: true, sameSite: "None" }),
    ).toContain("; Secure; SameSite=None; Partitioned");
  });

  it.each([
    [4_096, true],
    [4_097, false],
  ])("row 20: name and value of %i characters", (size, fits) => {
    const write = (): string => formatCookie("sid", "v".repeat(size - "sid".length), attributes);
    if (fits) expect(write()).toContain("sid=vvv");
    else expect(write).toThrow(expect.objectContaining({ code: "ERR_COOKIE_TOO_LARGE" }));
  });

  it("row 20: the error says how much it was, not what", () => {
    expect(() => formatCookie("sid", "secret".repeat(1_000), attributes)).toThrow(
      /^cookie sid has 6003 characters; browsers keep 4096$/,
    );
  });

  it.each([
    [";", "a;b"],
    ["CR", "a\rb"],
    ["LF", "a\nb"],
    ["NUL", "a\0b"],
    ["DEL", "a\x7Fb"],
    ["a blank", "a b"],
    ["a comma", "a,b"],
    ["a quote", 'a"b'],
    ["a backslash", "a\\b"],
    ["ü", "ü"],
    ["a line end at the end", "a\n"],
  ])("row 17: %s in a value → refused", (_, value) => {
    expect(() => formatCookie("sid", value, attributes)).toThrow(TypeError);
  });
});

describe("checking a cookie's parts", () => {
  const hostile = [";", "\r", "\n", "\0", "\x7F", "ü", "\u2028"];

  it.each([...hostile, " ", "=", ",", '"', "(", "/", "@"])("row 17: %j in the name", (part) => {
    expect(() => checkCookie(`si${part}d`, "/", null)).toThrow(/^cookie\.name/);
    expect(() => checkCookie(`sid${part}`, "/", null)).toThrow(/^cookie\.name/);
  });

  it.each(hostile)("row 17: %j in the path", (part) => {
    expect(() => checkCookie("sid", `/a${part}b`, null)).toThrow(/^cookie\.path/);
    expect(() => checkCookie("sid", `/${part}`, null)).toThrow(/^cookie\.path/);
  });

  it.each([...hostile, " ", "/", ":", "@"])("row 17: %j in the domain", (part) => {
    expect(() => checkCookie("sid", "/", `a${part}b.example`)).toThrow(/^cookie\.domain/);
    expect(() => checkCookie("sid", "/", `example${part}`)).toThrow(/^cookie\.domain/);
  });

  it.each([
    ["", "/", null],
    ["sid", "", null],
    ["sid", "app", null],
    ["sid", "/", ""],
    ["sid", `/${"a".repeat(1_024)}`, null],
    ["sid", "/", `${"a".repeat(1_020)}.example`],
  ])("refuses name %j, path %.9j, domain %.9j", (name, path, domain) => {
    expect(() => checkCookie(name, path, domain)).toThrow(TypeError);
  });

  it.each([
    ["sid", "/", null],
    ["app_1.sid", "/app/with space", "example.com"],
    ["!#$%&'*+-.^_`|~09azAZ", "/", ".example.com"],
    ["sid", `/${"a".repeat(1_023)}`, null],
  ])("takes name %j, path %.9j, domain %j", (name, path, domain) => {
    expect(() => checkCookie(name, path, domain)).not.toThrow();
  });
});
