// F2: every sentence of a failed login can be said in another language, and every page be one's own.

import { expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import { englishFailures } from "../src/pages/failure-texts.ts";
import type { PageTexts } from "../src/pages/texts.ts";
import { fixedMethod, passwordMethod, wrong } from "./password-method.ts";
import { type Data, json, testApp, type User } from "./test-app.ts";

const german: Partial<PageTexts> = {
  "invalid-credentials": "Name und Passwort passen nicht zusammen.",
  throttled: "Zu viele Versuche. Bitte warten Sie {wait}.",
  forbidden: "Hier können Sie sich nicht anmelden.",
  notLoggedIn: "Nicht angemeldet",
  loginFirst: "Bitte melden Sie sich an.",
  noProof: "Ihr Browser konnte nicht zeigen, wer Sie sind.",
};
const pageOptions = { lang: "de", texts: german };

test("on the page and to programs, with times in the page's language", async () => {
  const { context, browser, advance } = testApp({ pageOptions });
  const throttle = { perAccountAndNetwork: 1 };
  const options = { delay: "1ms", throttle } as const;
  const flow = createLoginFlow<User, Data>(context, passwordMethod(), options);
  const page = await browser().submit(flow, wrong);
  expect(page.body).toContain("Name und Passwort passen nicht zusammen.");
  const post = { method: "POST", headers: json, body: wrong };
  expect((await browser().send(flow, post)).json()["title"]).toBe(
    "Zu viele Versuche. Bitte warten Sie 1 Sekunde.",
  );
  for (let n = 0; n < 9; n++) {
    advance(900_000);
    await browser().send(flow, post);
  }
  expect((await browser().send(flow, post)).json()["title"]).toBe(
    "Zu viele Versuche. Bitte warten Sie 9 Minuten.",
  );
});

test("where there is no form, and where a header is asked for", async () => {
  const { context, browser } = testApp({ pageOptions });
  const page = async (flow: ReturnType<typeof createLoginFlow<User, Data>>) =>
    (await browser().send(flow, { headers: { accept: "text/html" } })).body;
  const rejected = fixedMethod(() => ({ kind: "rejected", reason: "forbidden", view: null }));
  const refusal = await page(createLoginFlow<User, Data>(context, rejected));
  expect(refusal).toContain("Nicht angemeldet");
  expect(refusal).toContain("Hier können Sie sich nicht anmelden.");
  const challenge = fixedMethod(() => ({ kind: "challenge", wwwAuthenticate: "Negotiate" }));
  const named = { ...challenge, name: "challenge" };
  const asked = await page(createLoginFlow<User, Data>(context, named));
  expect(asked).toContain("Bitte melden Sie sich an.");
  expect(asked).toContain("Ihr Browser konnte nicht zeigen, wer Sie sind.");
});

test("no text that is left out is lost, and none has a word in braces that nobody fills in", () => {
  expect(englishFailures.throttled).toContain("{wait}");
  for (const [code, text] of Object.entries(englishFailures)) {
    if (code !== "throttled") expect(text).not.toContain("{");
    expect(text).not.toBe("");
  }
});
