import { describe, expect, test } from "vitest";
import { json } from "../../auth-core/test/test-app.ts";
import { post } from "../../auth-core/test/test-pages.ts";
import { ask, loginUrl } from "./code-app.ts";
import { ann, appOf, html, received, wrongOf } from "./email-code-app.ts";

describe("45: a code is for the browser that asked", () => {
  test("another browser with the same form gets nowhere, and takes nothing away", async () => {
    const { flow, browser } = appOf();
    const [tab, other] = [browser(), browser()];
    const page = await ask(tab, flow);
    const { code } = await received();
    const own = await ask(other, flow, "eve@example.org");
    expect((await post(other, flow, page, { password: code })).status).not.toBe(303);
    const { hidden } = { hidden: /name="_csrf" value="([^"]*)"/.exec(own.body)?.[1] ?? "" };
    const stolen = await post(other, flow, page, { password: code, _csrf: hidden });
    expect(stolen.status).toBe(400);
    expect(await other.user()).toBeNull();
    expect((await post(tab, flow, page, { password: code })).status).toBe(303);
  });

  test("a code for one address logs in no other", async () => {
    const { flow, browser } = appOf();
    const tab = browser();
    const page = await ask(tab, flow, "eve@example.org");
    const { code } = await received("eve@example.org");
    const answer = await post(tab, flow, page, { password: code, user: ann });
    expect(answer.status).toBe(400);
    expect(await tab.user()).toBeNull();
  });

  test("the store holds neither code nor key", async () => {
    const { flow, browser, store } = appOf();
    const page = await ask(browser(), flow);
    const { code } = await received();
    const key = /name="key" value="([^"]*)"/.exec(page.body)?.[1] ?? "";
    const { records } = await store.scan("", null, 100);
    const dump = JSON.stringify(records);
    expect(key).toMatch(/^[\w-]{32}$/);
    expect(dump).toContain(ann);
    expect(dump).not.toContain(key);
    expect(dump).not.toContain(`"${code}"`);
  });
});

describe("47: the link in the mail", () => {
  const url = loginUrl;

  test("opens a page that asks, and logs in by its button; looking uses nothing up", async () => {
    const { flow, browser } = appOf({ url });
    const tab = browser();
    await ask(tab, flow, ann, "/login?next=/reports");
    const { link, code } = await received();
    expect(link).toContain(encodeURIComponent(ann));
    for (const method of ["HEAD", "GET", "GET"]) {
      const scanner = browser();
      expect((await scanner.send(flow, { method, url: link, headers: html })).status).toBe(200);
      expect(await scanner.user()).toBeNull();
    }
    const page = await tab.send(flow, { url: link, headers: html });
    expect(page.body).toContain(`Log in as ${ann}?`);
    expect(page.body).not.toContain(`action="${link}`);
    expect(page.header("cache-control")).toBe("no-store");
    expect(page.header("referrer-policy")).toBe("same-origin");
    expect(await tab.user()).toBeNull();
    const answer = await post(tab, flow, page);
    expect([answer.status, answer.header("location")]).toEqual([303, "/reports"]);
    expect(await tab.user()).toBe(ann);
    expect((await post(tab, flow, page, { password: code })).status).not.toBe(303);
  });

  test("logs in no other browser, not even by the button", async () => {
    const { flow, browser } = appOf({ url });
    const [tab, other] = [browser(), browser()];
    await ask(tab, flow);
    const { link } = await received();
    const page = await other.send(flow, { url: link, headers: html });
    const answer = await post(other, flow, page);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain("another browser");
    const own = await tab.send(flow, { url: link, headers: html });
    expect((await post(tab, flow, own)).status).toBe(303);
  });

  test("37: begins with the configured address, whatever the Host header says", async () => {
    const { flow, browser } = appOf({ url });
    const fields = { method: "POST", headers: json, body: { user: ann } };
    const { status } = await browser({ host: "evil.example" }).send(flow, fields);
    expect(status).toBe(200);
    const { text } = await received();
    expect(text).toContain("https://app.example/login?");
    expect(text).not.toContain("evil");
  });

  test.each([
    [{ query: "later" }, "/login?later=/reports/7", "/reports/7"],
    [{ query: "later", url: "/home" }, "/login?later=/", "/"],
    [{ allow: ["https://reports.example"] }, "/login?next=https://reports.example/7"],
    [{ url: "/home" }, "/login?next=/reports/7", "/home"],
    [{ query: "later", url: "/home" }, "/login", "/home"],
  ])(
    "goes on as the form does: next is %j, asked for at %s",
    async (next, at, wanted = at.slice(12)) => {
      const { flow, browser } = appOf({ url }, { next });
      const tab = browser();
      await ask(tab, flow, ann, at);
      const page = await tab.send(flow, { url: (await received()).link, headers: html });
      expect((await post(tab, flow, page)).header("location")).toBe(wanted);
    },
  );

  test("names no page to go to where it needs none", async () => {
    const { flow, browser } = appOf({ url }, { next: { url: "/home" } });
    await ask(browser(), flow, ann, "/login?next=/reports");
    const { link } = await received();
    expect([...new URL(link, url).searchParams.keys()]).toEqual(["user", "key", "password"]);
  });

  test("27: carries no other site along", async () => {
    const { flow, browser } = appOf({ url });
    await ask(browser(), flow, ann, "/login?next=https://evil.example/");
    expect((await received()).text).not.toContain("evil");
  });

  test("instantLogin: opening is enough, but not for HEAD, prefetching or another browser", async () => {
    const { flow, browser } = appOf({ url, instantLogin: true });
    const tab = browser();
    await ask(tab, flow);
    const { link } = await received();
    expect((await tab.send(flow, { method: "HEAD", url: link })).status).toBe(200);
    const ahead = { "sec-purpose": "prefetch;prerender", ...html };
    expect((await tab.send(flow, { url: link, headers: ahead })).status).toBe(200);
    const image = { "sec-fetch-dest": "image", ...html };
    expect((await tab.send(flow, { url: link, headers: image })).status).toBe(200);
    const refused = {
      method: "POST",
      url: link,
      headers: { ...html, origin: "https://evil.example" },
    };
    expect((await tab.send(flow, refused)).status).toBe(403);
    expect((await browser().send(flow, { url: link, headers: html })).status).toBe(400);
    expect(await tab.user()).toBeNull();
    expect((await tab.send(flow, { url: link, headers: html })).status).toBe(303);
    expect(await tab.user()).toBe(ann);
    expect((await browser().send(flow, { url: link, headers: html })).status).toBe(400);
  });

  test("anyBrowser: another browser logs in by the button, one of fifty", async () => {
    const { flow, browser } = appOf({ url, anyBrowser: true });
    const [tab, phone] = [browser(), browser()];
    const own = await ask(tab, flow);
    const { link, code } = await received();
    const page = await phone.send(flow, { url: link, headers: html });
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(phone, flow, page)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(await phone.user()).toBe(ann);
    expect((await post(tab, flow, own, { password: code })).status).toBe(400);
  });

  test("anyBrowser: five wrong codes end it, too", async () => {
    const { flow, browser } = appOf({ url, anyBrowser: true });
    const tab = browser();
    const page = await ask(tab, flow);
    const { code } = await received();
    for (let i = 0; i < 5; i++) {
      expect((await post(tab, flow, page, { password: wrongOf(code) })).status).toBe(401);
    }
    expect((await post(tab, flow, page, { password: code })).status).toBe(400);
  });
});
