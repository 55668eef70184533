// What a browser with many tabs does: fifty writes of different keys at once.

import { Browser, type RunningApp } from "@latchkey/testing";
import { expect } from "vitest";

const WRITES = 50;

/** @throws When one of them is refused, or lost. */
export async function expectManyWritesKept(app: RunningApp): Promise<void> {
  const browser = new Browser(app.url);
  try {
    const session = await browser.getJson("/api/session");
    const token = { "x-csrf-token": String(Object(session.json())["csrfToken"]) };
    const put = (key: string) =>
      browser.sendJson("PUT", `/api/session/data/${key}?delay=20`, key, token);
    expect((await put("begun")).status).toBe(200);
    const keys = Array.from({ length: WRITES }, (_, index) => `key-${index}`);
    const answers = await Promise.all(keys.map(put));
    expect(answers.map(({ status }) => status)).toEqual(keys.map(() => 200));
    const { data } = Object((await browser.getJson("/api/session")).json());
    expect(data).toEqual(Object.fromEntries(["begun", ...keys].map((key) => [key, key])));
  } finally {
    browser.close();
  }
}
