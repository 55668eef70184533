// Every page, light, dark and on a phone: nothing runs out of the window. With SCREENSHOT_DIR set,
// the pictures are kept there to be looked at.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect, test } from "vitest";
import { fillLogin, inChromium } from "./chromium.ts";
import { alpha, appForAll, beta } from "./start-app.ts";

const { url } = await appForAll({});
const folder = process.env["SCREENSHOT_DIR"];

const looks: Record<string, BrowserContextOptions> = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  phone: { colorScheme: "light", viewport: { width: 360, height: 640 }, isMobile: true },
  zoomed: { colorScheme: "light", viewport: { width: 320, height: 256 } }, // 400 % (WCAG 1.4.10)
};

inChromium("in Chromium", (open) => {
  for (const [look, options] of Object.entries(looks)) {
    test(`${look}: every page fits its window and is drawn as it should be`, async () => {
      const page = await open(options);
      const complaints: string[] = [];
      page.on("console", (message) => {
        if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
      });
      const keep = (name: string): Promise<void> => keepLook(page, `${name}-${look}`);

      await page.goto(url);
      await keep("home");
      await page.goto(`${url}/login?next=/members`);
      await keep("login");
      await fillLogin(page, { ...beta, password: "wrong" });
      await keep("login-failed");
      await page.goto(`${url}/nowhere`);
      await keep("not-found");
      await page.goto(`${url}/login?next=/members`);
      await fillLogin(page, beta);
      await keep("members");
      await page.goto(`${url}/admin`);
      await keep("forbidden");
      await page.goto(`${url}/login?next=/admin`);
      await fillLogin(page, alpha);
      await keep("admin");
      await page.goto(`${url}/account/sessions`);
      await keep("sessions");
      await page.goto(`${url}/logout`);
      await keep("logout");
      await page.getByRole("button", { name: "Log out" }).click();
      await keep("logged-out");
      expect(complaints).toEqual([]);
    });
  }
});

async function keepLook(page: Page, name: string): Promise<void> {
  const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  expect(wide, `${name}: pixels that the page is too wide`).toBeLessThanOrEqual(0);
  const unstyled = await page.evaluate("document.styleSheets.length === 0");
  expect(unstyled, `${name}: the page has its style`).toBe(false);
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
