// What people do with the app, in a real browser: with a mouse, by keyboard, without scripts.

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { fillLogin, inChromium, sessionCookie } from "./chromium.ts";
import { alpha, appForAll, beta } from "./start-app.ts";

const { url } = await appForAll({});
const DAY = 86_400;

inChromium("in Chromium", (open) => {
  test("a guarded page asks for the login, a wrong password is explained, the right one leads back", async () => {
    const page = await open();
    const problems = complaintsOf(page);
    await page.goto(`${url}/members`);
    expect(new URL(page.url()).pathname).toBe("/login");
    await fillLogin(page, { ...beta, password: "wrong" });
    const alert = page.getByRole("alert");
    expect(await alert.innerText()).toMatch(/don’t match/);
    expect(await page.getByLabel("User name").inputValue()).toBe(beta.user);
    expect(await page.getByLabel("Password").inputValue()).toBe("");
    expect(await sessionCookie(page)).toBeNull();
    await page.getByLabel("Password").fill(beta.password);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.waitForURL(`${url}/members`);
    expect(await page.getByRole("main").innerText()).toContain(beta.user);
    expect(problems.filter((text) => !/401/.test(text))).toEqual([]);
  });

  test("remember me decides how long the browser keeps the cookie", async () => {
    for (const remember of [false, true]) {
      const page = await open();
      await page.goto(`${url}/login`);
      if (remember) await page.getByLabel("Stay logged in").check();
      await fillLogin(page, beta);
      const cookie = await sessionCookie(page);
      expect(cookie?.httpOnly).toBe(true);
      expect(cookie?.sameSite).toBe("Lax");
      const days = ((cookie?.expires ?? 0) - Date.now() / 1_000) / DAY;
      if (remember) expect(days).toBeCloseTo(30, 1);
      else expect(cookie?.expires).toBe(-1);
    }
  });

  test("a member is told why the admin page is closed, and how to get in", async () => {
    const page = await open();
    await page.goto(`${url}/admin`);
    await fillLogin(page, beta);
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toMatch(/don’t have access/);
    expect(await page.getByRole("main").innerText()).toContain(beta.user);
    await page.getByRole("link", { name: "Log in as someone else" }).click();
    await fillLogin(page, alpha);
    await page.goto(`${url}/admin`);
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Admin");
  });

  test("a session that is ended from another browser is over with its next click", async () => {
    const [here, there] = [await open(), await open({ userAgent: firefox })];
    for (const page of [here, there]) {
      await page.goto(`${url}/login?next=/account/sessions`);
      await fillLogin(page, alpha);
    }
    await here.reload();
    const row = here.getByRole("row").filter({ hasText: "Firefox on Linux" });
    expect(await here.getByRole("row").filter({ hasText: "This device" }).count()).toBe(1);
    await row.getByRole("button", { name: /^End/ }).click();
    await here.waitForURL(`${url}/account/sessions`);
    expect(await row.count()).toBe(0);
    await there.getByRole("link", { name: "Members" }).click();
    expect(new URL(there.url()).pathname).toBe("/login");
    await here.getByRole("link", { name: "Members" }).click();
    expect(new URL(here.url()).pathname).toBe("/members");
  });

  test("logging out asks first, and the back button shows nothing afterwards", async () => {
    const page = await open();
    await page.goto(`${url}/login?next=/members`);
    await fillLogin(page, beta);
    await page.getByRole("link", { name: "Log out" }).first().click();
    await page.getByRole("button", { name: "Log out" }).click();
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("You are logged out");
    expect(await sessionCookie(page)).toBeNull();
    for (let step = 0; step < 3; step++) {
      await page.goBack().catch(() => null);
      expect(await page.locator("body").innerText()).not.toContain(`logged in as ${beta.user}`);
    }
  });

  test("everything works by keyboard alone", async () => {
    const page = await open();
    await page.goto(`${url}/members`);
    await page.locator("input:focus").waitFor(); // The field has the focus from the start.
    await page.keyboard.type(alpha.user);
    await page.keyboard.press("Tab");
    await page.keyboard.type(alpha.password);
    await page.keyboard.press("Tab");
    await expectVisibleFocus(page);
    await page.keyboard.press("Space"); // remember me
    expect(await page.getByLabel("Stay logged in").isChecked()).toBe(true);
    await page.keyboard.press("Tab");
    await expectVisibleFocus(page);
    await page.keyboard.press("Enter");
    await page.waitForURL(`${url}/members`);
    await tabTo(page, "Log out");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${url}/logout**`);
    await tabTo(page, "Log out");
    await page.keyboard.press("Enter");
    await page.getByText("You are logged out").first().waitFor();
    expect(await sessionCookie(page)).toBeNull();
  });

  test("everything works without JavaScript", async () => {
    const page = await open({ javaScriptEnabled: false });
    await page.goto(`${url}/account/sessions`);
    await page.getByLabel("Stay logged in").check();
    await fillLogin(page, alpha);
    expect(page.url()).toBe(`${url}/account/sessions`);
    await page.getByRole("button", { name: "End all other sessions" }).click();
    expect(await page.getByRole("row").count()).toBe(2); // the titles and this one
    await page.getByRole("link", { name: "Log out" }).first().click();
    await page.getByRole("button", { name: "Log out" }).click();
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("You are logged out");
  });

  test("the count of visits goes on over a login", async () => {
    const page = await open();
    for (let visit = 0; visit < 3; visit++) await page.goto(url);
    const before = Number(await page.locator("#visits").getAttribute("value"));
    expect(before).toBe(3);
    await page.goto(`${url}/login`);
    await fillLogin(page, beta);
    await page.waitForURL(`${url}/`);
    expect(await page.locator("#visits").getAttribute("value")).toBe(String(before + 1));
  });
});

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/** What the browser's console says of the pages: blocked styles, failed requests, errors. */
function complaintsOf(page: Page): string[] {
  const texts: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") texts.push(message.text());
  });
  page.on("pageerror", (error) => texts.push(error.message));
  return texts;
}

async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 30; presses++) {
    await page.keyboard.press("Tab");
    const text = await page.evaluate("document.activeElement?.textContent?.trim()");
    if (text === name) return expectVisibleFocus(page);
  }
  throw new Error(`no way to ${name} by Tab on ${page.url()}`);
}

/** Whoever uses the keyboard sees where they are (WCAG 2.4.7). */
async function expectVisibleFocus(page: Page): Promise<void> {
  const outline = await page.evaluate(`(() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  })()`);
  expect(outline, "the focus has an outline").toBe(true);
}
