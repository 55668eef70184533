// A real browser at the app, for one test file.

import type { Account } from "@latchkey/example-shared/visitor";
import { chromiumArgs, ensureChromium } from "@latchkey/tools/chromium";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe } from "vitest";

const found = await ensureChromium();

/** Runs the tests in it, or skips them with the reason where there is no browser. */
export function inChromium(name: string, tests: (open: OpenPage) => void): void {
  const reason = "missing" in found ? ` (${found.missing})` : "";
  describe.skipIf("missing" in found)(`${name}${reason}`, () => {
    let browser: Browser | null = null;
    beforeAll(async () => {
      if ("missing" in found) return;
      const { executablePath } = found;
      browser = await chromium.launch({ executablePath, args: [...chromiumArgs] });
    }, 60_000);
    afterAll(() => browser?.close());
    tests(async (options = {}) => {
      if (browser === null) throw new Error("the browser did not start");
      const context = await browser.newContext(options);
      context.setDefaultTimeout(10_000);
      return context.newPage();
    });
  });
}

/** A page of a context of its own: nothing is shared with others. */
export type OpenPage = (options?: BrowserContextOptions) => Promise<Page>;

/** Fills in and sends the login form that the page shows. */
export async function fillLogin(page: Page, { user, password }: Account): Promise<void> {
  await page.getByLabel("User name").fill(user);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

/** The session's cookie; `null` when the browser has none. */
export async function sessionCookie(
  page: Page,
): Promise<{ value: string; expires: number; httpOnly: boolean; sameSite: string } | null> {
  const cookies = await page.context().cookies();
  return cookies.find(({ name }) => name === "sid") ?? null;
}
