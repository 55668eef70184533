// What people do to log in, in a real browser: every method, by mouse, by keyboard and without scripts.
// With SCREENSHOT_DIR set, pictures of every page are kept there, to be looked at.

import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { inChromium } from "@latchkey/example-express/chromium";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { homePage } from "../src/pages.ts";
import { serveApp } from "./serve-app.ts";

const { url, port, neighbours } = await serveApp();
const pictures = process.env["SCREENSHOT_DIR"];

inChromium("in Chromium", (newPage) => {
  test("what a provider says fits a phone, however long a word is", async () => {
    const page = await newPage({ viewport: { width: 360, height: 640 }, isMobile: true });
    const sid = "BVd2sYKMa2aX1BqBiWb36fEeAadBtzQ2bQU5".repeat(3);
    await page.setContent(homePage({ user: { id: "carol", sid }, ways: [] }).html);
    expect(await page.getByRole("main").innerText()).toContain(sid);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  });

  for (const [look, options] of Object.entries({
    "with scripts": {},
    "without scripts, dark, on a phone": {
      javaScriptEnabled: false,
      colorScheme: "dark" as const,
      viewport: { width: 360, height: 640 },
      isMobile: true,
    },
  })) {
    const begin = async (way: string): Promise<Page> => {
      const page = await newPage(options);
      await page.goto(url);
      await keep(page, `home ${look}`);
      await page.getByRole("link", { name: way }).click();
      return page;
    };
    const loggedInAs = async (page: Page, name: string): Promise<void> => {
      await page.waitForURL(`${url}/`);
      expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("You are logged in");
      expect(await page.getByRole("main").innerText()).toContain(name);
      await keep(page, `logged in ${look}`);
    };

    test(`${look}: a name and a password, by keyboard alone`, async () => {
      const page = await begin("from the configuration");
      await page.getByLabel("User name").waitFor();
      await page.keyboard.type("alpha"); // The first field has the focus.
      await page.keyboard.press("Tab");
      await page.keyboard.type("alpha");
      await page.keyboard.press("Enter");
      await loggedInAs(page, "admin");
    });

    test(`${look}: the directory, after a wrong password`, async () => {
      const page = await begin("directory");
      await page.getByLabel("User name").fill("alice");
      await page.getByLabel("Password").fill("looking-glass");
      await page.getByRole("button", { name: "Log in" }).click();
      expect(await page.getByRole("alert").innerText()).toMatch(/don’t match/);
      await keep(page, `directory failed ${look}`);
      await page.getByLabel("Password").fill("wonderland");
      await page.getByRole("button", { name: "Log in" }).click();
      await loggedInAs(page, "alice");
    });

    test(`${look}: a provider`, async () => {
      const page = await begin("Single sign-on");
      await page.getByLabel("Name").fill("carol");
      await page.getByLabel("Password").fill("lighthouse");
      await page.getByRole("button", { name: "Log in" }).click();
      await page.getByRole("button", { name: "Allow" }).click();
      await loggedInAs(page, "carol@example.org");
      expect(await page.getByRole("main").innerText()).toContain("provider:carol");

      // The logout goes on there, and comes back; the next login there asks for the password again.
      await page.getByRole("link", { name: "Log out" }).click();
      await page.getByRole("button", { name: "Log out" }).click();
      expect(new URL(page.url()).origin).not.toBe(url);
      await keep(page, `logging out at the provider ${look}`);
      await page.getByRole("button", { name: /yes|log out|sign me out/i }).click();
      await page.waitForURL(`${url}/logout`);
      await keep(page, `logged out ${look}`);
      await page.goto(`${url}/login/provider`);
      expect(await page.getByLabel("Password").isVisible()).toBe(true);
    });

    test(`${look}: a provider, cancelled there`, async () => {
      const page = await begin("Single sign-on");
      await page.getByRole("button", { name: "Cancel" }).click();
      expect(new URL(page.url()).origin).toBe(url);
      expect(await page.getByRole("main").innerText()).toMatch(/cancelled/);
      await keep(page, `provider cancelled ${look}`);
    });

    test(`${look}: another site's link to a provider, while somebody is logged in`, async () => {
      const page = await begin("from the configuration");
      await page.getByLabel("User name").fill("alpha");
      await page.getByLabel("Password").fill("alpha");
      await page.getByRole("button", { name: "Log in" }).click();
      await loggedInAs(page, "admin");

      const other = createServer((_, response) => {
        response.setHeader("content-type", "text/html");
        response.end(`<a href="${url}/login/provider?next=/">A prize</a>`);
      }).listen(0, "127.0.0.1");
      await once(other, "listening");
      const address = other.address();
      if (typeof address !== "object" || address === null) throw new Error("no port");
      await page.goto(`http://127.0.0.1:${address.port}/`); // Another site than localhost.
      await page.getByRole("link").click();
      other.close();
      expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Log in again?");
      expect(new URL(page.url()).origin).toBe(url);
      await keep(page, `asked first ${look}`);
      await page.getByRole("button", { name: "Go on to log in" }).click();
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.goto(url);
      await loggedInAs(page, "admin"); // Nothing was lost by looking.

      await page.goto(`${url}/login/provider`); // Typed: nobody asks.
      await page.getByRole("button", { name: "Cancel" }).waitFor();
    });

    test(`${look}: a code by e-mail, and the link in the same mail`, async () => {
      const address = `dora-${port}-${look.length}@example.org`;
      const page = await begin("code by e-mail");
      await page.getByLabel("E-mail address").fill(address);
      await keep(page, `code asked ${look}`);
      await page.getByRole("button", { name: "Send a code" }).click();
      const code = /\b\d{6}\b/.exec(await mailTo(address))?.[0] ?? "none";
      await page.getByLabel("Code").fill(code === "000000" ? "111111" : "000000");
      await page.getByRole("button", { name: "Log in" }).click();
      expect(await page.getByRole("alert").innerText()).toMatch(/code/);
      await keep(page, `code wrong ${look}`);
      await page.getByLabel("Code").fill(code);
      await page.getByRole("button", { name: "Log in" }).click();
      await loggedInAs(page, address);

      await page.context().clearCookies();
      await page.goto(`${url}/login/email`);
      await page.getByLabel("E-mail address").fill(address);
      await page.getByRole("button", { name: "Send a code" }).click();
      await page.goto(linkIn(await mailTo(address, 2)));
      await keep(page, `link opened ${look}`);
      await page.getByRole("button", { name: "Log in" }).click();
      await loggedInAs(page, address);
    });

    test(`${look}: a code by SMS, read in the mailbox of the site`, async () => {
      const page = await begin("code by SMS");
      const number = look.length > 20 ? "+44 20 7946 0001" : "+44 20 7946 0002";
      await page.getByLabel("Phone number").fill(number);
      await page.getByRole("button", { name: "Send a code" }).click();
      await page.getByLabel("Code").waitFor();
      const mailbox = await page.context().newPage();
      await mailbox.goto(`${url}/mailbox`);
      await keep(mailbox, `mailbox ${look}`);
      const text = await mailbox.getByText(number.replaceAll(" ", "")).locator("../..").innerText();
      await page.getByLabel("Code").fill(/\b\d{6}\b/.exec(text)?.[0] ?? "none");
      await page.getByRole("button", { name: "Log in" }).click();
      await loggedInAs(page, number.replaceAll(" ", ""));
    });

    test(`${look}: signing up, then a forgotten password`, async () => {
      const user = `erin-${look.length}`;
      const address = `${user}@example.org`;
      const page = await begin("from a table");
      await keep(page, `password ${look}`);
      await page.getByRole("link", { name: /account|sign up/i }).click();
      await page.getByLabel("User name").fill(user);
      await page.getByLabel("E-mail").fill(address);
      await keep(page, `sign up ${look}`);
      await page.getByRole("button").click();
      await keep(page, `signed up ${look}`);
      await setPassword(page, linkIn(await mailTo(address)), "tulip carriage seven");
      await logIn(page, user, "tulip carriage seven");
      await loggedInAs(page, address);

      await page.context().clearCookies();
      await page.goto(`${url}/login/password`);
      await page.getByRole("link", { name: /forgot/i }).click();
      await page.getByRole("textbox").fill(address);
      await keep(page, `forgot ${look}`);
      await page.getByRole("button").click();
      await setPassword(page, linkIn(await mailTo(address, 2)), "walnut harbour eleven");
      await logIn(page, user, "tulip carriage seven");
      expect(await page.getByRole("alert").innerText()).toMatch(/don’t match/);
      await logIn(page, user, "walnut harbour eleven");
      await loggedInAs(page, address);
    });

    async function setPassword(page: Page, link: string, password: string): Promise<void> {
      await page.goto(link);
      await page.getByLabel("New password").fill("password1");
      await page.getByRole("button").click();
      expect(await page.getByRole("alert").innerText()).not.toBe("");
      await keep(page, `password too common ${look}`);
      await page.getByLabel("New password").fill(password);
      await page.getByRole("button").click();
      await keep(page, `password set ${look}`);
    }
  }
});

async function logIn(page: Page, user: string, password: string): Promise<void> {
  await page.goto(`${url}/login/password`);
  await page.getByLabel("User name").fill(user);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

async function mailTo(address: string, count = 1): Promise<string> {
  const mails = await neighbours.mailbox.waitFor(address, count);
  return mails.at(-1)?.mail.text ?? "";
}

function linkIn(text: string): string {
  return /https?:\S+/.exec(text)?.[0] ?? "no link";
}

async function keep(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({
    path: join(pictures, `${name.replaceAll(/\W+/g, "-")}.png`),
    fullPage: true,
  });
}
