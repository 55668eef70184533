// Somebody who is logged in, in an application of their own.

import { type Browser, type TestApp, testApp } from "./test-app.ts";

export async function loggedIn(): Promise<{ app: TestApp; browser: Browser }> {
  const app = testApp();
  const browser = app.browser();
  await browser.visit((session) => session.login({ id: "ann" }));
  return { app, browser };
}
