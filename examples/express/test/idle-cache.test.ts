// F7 in a real browser: a guarded page of a session with an idle timeout comes from its cache, until
// somebody logs out or in.

import { createServer } from "node:http";
import { latchkey } from "@latchkey/adapter-express";
import { memoryStore } from "@latchkey/store-memory";
import express from "express";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { inChromium } from "./chromium.ts";

/** An application whose guarded page counts how often it was asked for. */
async function site(): Promise<string> {
  const keys = ["a-secret-of-the-tests-0123456789abcdef"];
  const auth = latchkey({ store: memoryStore(), keys, idle: "1h" });
  let asked = 0;
  const app = express();
  app.use(auth.session);
  app.get("/in/:id", async (req, res) => {
    await auth.sessionOf(req).login({ id: req.params.id });
    res.send("in");
  });
  app.get("/out", async (req, res) => {
    await auth.sessionOf(req).logout();
    res.send("out");
  });
  app.get("/page", auth.require(true, { loginUrl: false }), (req, res) => {
    asked += 1;
    res.send(`${auth.principalOf(req)?.user.id} ${asked} <a href="/page">again</a>`);
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

async function shown(page: Page): Promise<string> {
  return (await page.locator("body").innerText()).replace(" again", "");
}

inChromium("an idle timeout", (open) => {
  test("lets the browser show a page again, but not after a logout, nor to somebody else", async () => {
    const url = await site();
    const page = await open();
    await page.goto(`${url}/in/ann`);
    await page.goto(`${url}/page`);
    expect(await shown(page)).toBe("ann 1");
    await page.getByRole("link").click();
    expect(await shown(page)).toBe("ann 1");
    await page.goto(`${url}/out`);
    expect((await page.goto(`${url}/page`))?.status()).toBe(401);
    await page.goto(`${url}/in/bob`);
    await page.goto(`${url}/page`);
    expect(await shown(page)).toBe("bob 2");
  });
});
