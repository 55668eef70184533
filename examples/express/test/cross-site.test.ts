// Another site's page tries to act for a visitor, in a real browser, with the real headers.

import { createServer, type Server } from "node:http";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fillLogin, inChromium, sessionCookie } from "./chromium.ts";
import { alpha, appForAll, beta } from "./start-app.ts";

const { url } = await appForAll({});
let evil: Server | null = null;

/** `127.0.0.1` is another site than `localhost`; another port of `localhost` is the same site. */
const attackers = [
  ["another site", "127.0.0.1", "cross-site"],
  ["another port of this host", "localhost", "same-site"],
] as const;

inChromium("in Chromium", (open) => {
  beforeAll(async () => {
    evil = createServer((_request, response) => {
      response.setHeader("content-type", "text/html").end("<!doctype html><title>evil</title>");
    });
    await new Promise<void>((resolve) => evil?.listen(0, resolve));
  });
  afterAll(() => void evil?.close());

  for (const [name, host, site] of attackers) {
    test(`${name}: forms that post to the app are refused and change nothing`, async () => {
      const page = await loggedIn(open);
      const cookie = await sessionCookie(page);
      for (const [path, fields, status] of forms(site)) {
        await page.goto(evilUrl(host));
        const [response] = await Promise.all([
          page.waitForResponse((answer) => answer.url() === `${url}${path}`),
          page.evaluate(postForm(`${url}${path}`, fields)),
        ]);
        // The browser says so itself: that is what the refusal goes by.
        const said = await response.request().allHeaders();
        expect(said["sec-fetch-site"]).toBe(site);
        expect(response.status(), path).toBe(status);
        expect((await response.headerValue("set-cookie")) ?? "", path).not.toMatch(/^sid=/m);
        await page.waitForURL(`${url}/**`);
      }
      expect((await sessionCookie(page))?.value).toBe(cookie?.value);
      await page.goto(`${url}/members`);
      expect(await page.getByRole("main").innerText()).toContain(beta.user);
    });

    test(`${name}: links, images and scripts log nobody out and read nothing`, async () => {
      const page = await loggedIn(open);
      await page.goto(evilUrl(host));
      await page.evaluate(`new Promise((resolve) => {
        const image = Object.assign(new Image(), { src: "${url}/logout", onerror: resolve });
        document.body.append(image);
      })`);
      const attempts = [
        ["POST", "/api/session/data/evil/increment", "text/plain"],
        ["POST", "/logout", "application/x-www-form-urlencoded"],
        ["PUT", "/api/session/data/evil", "application/json"],
        ["GET", "/api/me", ""],
      ];
      for (const [method = "", path = "", type = ""] of attempts) {
        const text = await page.evaluate(`fetch("${url}${path}", {
          method: "${method}", credentials: "include",
          headers: ${type === "" ? "{}" : `{ "content-type": "${type}" }`},
          ${method === "GET" ? "" : "body: '1'"}
        }).then((answer) => answer.text(), () => "blocked")`);
        expect(text, `${method} ${path}`).toBe("blocked");
      }
      await page.goto(`${url}/api/session`);
      expect(await page.locator("body").innerText()).not.toContain("evil");
      await page.goto(`${url}/members`);
      expect(await page.getByRole("main").innerText()).toContain(beta.user);
    });
  }

  test("the app can't be put into a frame", async () => {
    const page = await loggedIn(open);
    await page.goto(evilUrl("localhost"));
    const blocked = page.waitForEvent("console", (message) =>
      /frame-ancestors/.test(message.text()),
    );
    await page.evaluate(`document.body.append(
      Object.assign(document.createElement("iframe"), { src: "${url}/logout" }))`);
    await blocked;
  });

  test("a page of the app itself may write without a token", async () => {
    const page = await loggedIn(open);
    await page.goto(`${url}/anon`); // no policy that forbids scripts to fetch
    const status = await page.evaluate(`fetch("/api/session/data/own", {
      method: "PUT", headers: { "content-type": "application/json" }, body: "1"
    }).then((answer) => answer.status)`);
    expect(status).toBe(200);
  });
});

/** Forms that the other page sends, and what it gets for them. */
function forms(site: string): [path: string, fields: Record<string, string>, status: number][] {
  // A Lax cookie doesn't travel from another site: there is nobody to log out, or to be.
  const withCookie = site === "same-site";
  return [
    ["/logout", {}, withCookie ? 403 : 303],
    ["/account/sessions/revoke-others", { _csrf: "x" }, withCookie ? 403 : 401],
    ["/login", { user: alpha.user, password: alpha.password }, 403],
  ];
}

async function loggedIn(open: () => Promise<Page>): Promise<Page> {
  const page = await open();
  await page.goto(`${url}/login?next=/members`);
  await fillLogin(page, beta);
  await page.waitForURL(`${url}/members`);
  return page;
}

function evilUrl(host: string): string {
  const address = evil?.address();
  if (typeof address !== "object" || address === null) throw new Error("the other site is down");
  return `http://${host}:${address.port}/`;
}

/** A script that posts a form, as a click on another site's button does. */
function postForm(action: string, fields: Record<string, string>): string {
  return `(() => {
    const form = Object.assign(document.createElement("form"), {
      method: "post", action: ${JSON.stringify(action)},
    });
    for (const [name, value] of Object.entries(${JSON.stringify(fields)})) {
      form.append(Object.assign(document.createElement("input"), { name, value }));
    }
    document.body.append(form);
    form.submit();
  })()`;
}
