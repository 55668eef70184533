import { describe, expect, it } from "vitest";
import { testApp } from "./test-app.ts";

const SAME = { "sec-fetch-site": "same-origin" };
const POST = { method: "POST" };

describe("row 26: tokens", () => {
  it("a session's token works in this session, again and again", async () => {
    const browser = testApp().browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    const token = await browser.visit((session) => session.csrfToken());
    expect(await browser.visit((session) => session.checkCsrf(token), POST)).toBe(true);
    expect(await browser.visit((session) => session.checkCsrf(token), POST)).toBe(true);
  });

  it("no two are alike, so that compression gives nothing away", async () => {
    const browser = testApp().browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    await browser.visit((session) => {
      const [one, two] = [session.csrfToken(), session.csrfToken()];
      expect(one).not.toBe(two);
      expect(one.slice(13)).not.toBe(two.slice(13));
      expect([session.checkCsrf(one), session.checkCsrf(two)]).toEqual([true, true]);
    });
  });

  it("another session's token is refused, also with a same-origin Sec-Fetch-Site", async () => {
    const app = testApp();
    const [ann, bob] = [app.browser(), app.browser()];
    await ann.visit((session) => session.login({ id: "ann" }));
    await bob.visit((session) => session.login({ id: "bob" }));
    const token = await bob.visit((session) => session.csrfToken());
    const check = { ...POST, headers: SAME };
    expect(await ann.visit((session) => session.checkCsrf(token), check)).toBe(false);
  });

  it("a token from before the login is refused after it: anonymous with and without data", async () => {
    for (const data of [{}, { cart: 1 }]) {
      const browser = testApp().browser();
      await browser.visit((session) => {
        Object.assign(session.data, data);
      });
      const token = await browser.visit((session) => session.csrfToken());
      expect(await browser.visit((session) => session.checkCsrf(token), POST)).toBe(true);
      await browser.visit((session) => session.login({ id: "ann" }));
      expect(await browser.visit((session) => session.checkCsrf(token), POST)).toBe(false);
      const fresh = await browser.visit((session) => session.csrfToken());
      await browser.visit((session) => session.login({ id: "ann" }, { mfa: true }));
      expect(await browser.visit((session) => session.checkCsrf(fresh), POST)).toBe(false);
    }
  });

  it("a form that was open when the first data was written still works", async () => {
    const browser = testApp().browser();
    const token = await browser.visit((session) => session.csrfToken());
    await browser.visit((session) => {
      session.data["cart"] = 1;
    });
    expect(await browser.visit((session) => session.checkCsrf(token), POST)).toBe(true);
  });

  it("an anonymous browser's token is worth nothing in another anonymous browser", async () => {
    const app = testApp();
    const [mine, theirs] = [app.browser(), app.browser()];
    const token = await theirs.visit((session) => session.csrfToken());
    await mine.visit((session) => session.csrfToken());
    expect(await mine.visit((session) => session.checkCsrf(token), POST)).toBe(false);
    expect(await app.browser().visit((session) => session.checkCsrf(token), POST)).toBe(false);
  });

  it.each([
    "",
    "x",
    `${"A".repeat(12)}.${"A".repeat(43)}`,
    "A".repeat(10_000),
    "__proto__",
    `${"A".repeat(12)}.${"A".repeat(42)}`,
  ])("garbage is refused: %.60j", async (token) => {
    const browser = testApp().browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    const check = { ...POST, headers: SAME };
    expect(await browser.visit((session) => session.checkCsrf(token), check)).toBe(false);
  });
});

describe("an anonymous form", () => {
  it("costs one cookie for the browser, no record, and no second cookie", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => {
      session.csrfToken();
      session.csrfToken();
    });
    expect(browser.setCookies()).toEqual([
      expect.stringMatching(
        /^__Host-sid-visitor=[\w-]{24}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
    await browser.visit((session) => session.csrfToken());
    expect(browser.setCookies()).toEqual([]);
    expect(app.store.calls).toEqual([]);
  });

  it("a planted pair of visitor cookies is ignored", async () => {
    const app = testApp();
    const name = "__Host-sid-visitor";
    const mine = app.browser();
    const token = await mine.visit((session) => session.csrfToken());
    const nonce = mine.jar.get(name);
    const twice = app.browser({ cookie: `${name}=${nonce}; ${name}=${nonce}` });
    expect(await twice.visit((session) => session.checkCsrf(token), POST)).toBe(false);
  });

  it("is refused once the response has begun, unless the browser has its cookie already", async () => {
    const browser = testApp().browser();
    const first = await browser.open();
    await first.finish();
    expect(() => first.session.csrfToken()).toThrow(
      expect.objectContaining({ code: "ERR_SESSION_LATE" }),
    );
    await browser.visit((session) => session.csrfToken());
    const second = await browser.open();
    await second.finish();
    const token = second.session.csrfToken();
    expect(await browser.visit((session) => session.checkCsrf(token), POST)).toBe(true);
  });
});

describe("row 29: where a request comes from", () => {
  const cases: [headers: Record<string, string>, withToken: boolean, without: boolean][] = [
    [{ "sec-fetch-site": "same-origin" }, true, true],
    [{ "sec-fetch-site": "same-origin", origin: "https://evil.example" }, true, true],
    [{ "sec-fetch-site": "cross-site" }, false, false],
    [{ "sec-fetch-site": "same-site" }, false, false],
    [{ "sec-fetch-site": "cross-site", origin: "https://app.example" }, false, false],
    [{ "sec-fetch-site": "SAME-ORIGIN" }, false, false],
    [{ "sec-fetch-site": "" }, false, false],
    [{ "sec-fetch-site": "none" }, true, false],
    [{}, true, false],
    [{ origin: "https://app.example" }, true, false],
    [{ origin: "http://app.example" }, true, false],
    [{ origin: "https://evil.example" }, false, false],
    [{ origin: "https://app.example.evil.example" }, false, false],
    [{ origin: "https://app.example:444" }, false, false],
    [{ origin: "https://evil.example/app.example" }, false, false],
    [{ origin: "file://app.example" }, false, false],
    [{ origin: "" }, false, false],
    // A proxy that writes its port behind the name, as nginx's `$host:$server_port`.
    [{ origin: "http://app.example", host: "app.example:80" }, true, false],
    [{ origin: "https://app.example", host: "App.Example:443" }, true, false],
    [{ origin: "https://app.example", host: "app.example:80" }, true, false],
    [{ origin: "http://[2001:db8::80]", host: "[2001:db8::80]:80" }, true, false],
    [{ origin: "http://app.example:8080", host: "app.example:8080" }, true, false],
    [{ origin: "http://app.example", host: "app.example:8080" }, false, false],
    [{ origin: "http://app.example:8080", host: "app.example:80" }, false, false],
    [{ origin: "http://evil.example", host: "app.example:80" }, false, false],
    [{ origin: "http://[2001:db8::80]", host: "[2001:db8:]" }, false, false],
    // Referrer-Policy: no-referrer on plain http, where browsers send no Sec-Fetch-Site.
    [{ origin: "null" }, true, false],
  ];
  it.each(cases)("%j → with its token %j, without %j", async (headers, withToken, without) => {
    const browser = testApp().browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    const token = await browser.visit((session) => session.csrfToken());
    const request = { ...POST, headers };
    expect(await browser.visit((session) => session.checkCsrf(token), request)).toBe(withToken);
    expect(await browser.visit((session) => session.checkCsrf(undefined), request)).toBe(without);
  });

  it("a cross-site logout without the token does nothing", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    const logout = await browser.open({ headers: { "sec-fetch-site": "cross-site" } });
    expect(logout.session.checkCsrf(undefined)).toBe(false);
    expect(await browser.visit((session) => session.user)).toEqual({ id: "ann" });
  });
});
