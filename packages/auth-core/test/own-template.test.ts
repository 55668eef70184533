// F2: the template of the guide for those who come from Gramex works as it stands there.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { recaptcha } from "../src/captcha/recaptcha.ts";
import { createLoginFlow } from "../src/login-flow.ts";
import type { LoginOptions } from "../src/login-options.ts";
import { templateFile } from "../src/pages/template-file.ts";
import type { LoginPage } from "../src/pages.ts";
import { fixedMethod, passwordMethod, right, view } from "./password-method.ts";
import { type Browser, type Data, form, ORIGIN, testApp, type User } from "./test-app.ts";

const folder = await mkdtemp(join(tmpdir(), "latchkey-template-"));
afterAll(() => rm(folder, { recursive: true }));
const guide = new URL("../../../docs/guide/coming-from-gramex.md", import.meta.url);
const [, source = ""] = /```html\n([\s\S]*?)```/.exec(await readFile(guide, "utf8")) ?? [];
await writeFile(join(folder, "login.html"), source);
const template = templateFile<LoginPage>(join(folder, "login.html"));

function app(options: LoginOptions<User, Data> = {}) {
  const { context, browser } = testApp();
  const flow = createLoginFlow<User, Data>(context, passwordMethod(), {
    delay: "1ms",
    template,
    ...options,
  });
  return { context, mine: browser(), flow };
}

const open = (who: Browser, flow: ReturnType<typeof app>["flow"]) =>
  who.send(flow, { url: "/login?next=/a", headers: { accept: "text/html" } });

/** What a browser would send of a page, with other values for some fields. */
function fieldsOf(page: string, typed: Record<string, string>): Record<string, string> {
  const inputs = page.matchAll(/<input([^>]*)>/g);
  const attribute = (text: string, name: string): string =>
    new RegExp(`${name}="([^"]*)"`).exec(text)?.[1] ?? "";
  const pairs = [...inputs].map(([, text = ""]) => [
    attribute(text, "name"),
    attribute(text, "value"),
  ]);
  return { ...Object.fromEntries(pairs), ...typed };
}

test("logs in, and goes where the visitor wanted to", async () => {
  const { mine, flow } = app();
  const { body } = await open(mine, flow);
  const headers = { ...form, origin: ORIGIN };
  const sent = { method: "POST", headers, body: fieldsOf(body, right) };
  const answer = await mine.send(flow, sent);
  expect([answer.status, answer.header("location")]).toEqual([303, "/a"]);
});

test("says what went wrong, and keeps what was typed, escaped", async () => {
  const { mine, flow } = app();
  const { body } = await open(mine, flow);
  const typed = { user: `"><script>`, password: "wrong" };
  const headers = { ...form, origin: ORIGIN };
  const answer = await mine.send(flow, { method: "POST", headers, body: fieldsOf(body, typed) });
  expect(answer.body).toContain("error code: invalid-credentials, message: That name and password");
  expect(answer.body).toContain('value="&quot;&gt;&lt;script&gt;"');
  expect(answer.body).not.toContain("wrong");
});

test("carries hidden fields and the captcha", async () => {
  const hidden = [{ name: "state", value: "a random key" }];
  const method = fixedMethod(() => ({ kind: "show", view: { ...view, hidden } }));
  const captcha = recaptcha({ siteKey: "the key", secret: "the secret" });
  const { context, mine } = app();
  const flow = createLoginFlow<User, Data>(context, method, { template, captcha });
  const { body } = await open(mine, flow);
  expect(fieldsOf(body, {})).toMatchObject({ state: "a random key", recaptcha: "" });
  expect(body).toContain('src="https://www.google.com/recaptcha/api.js?render=the%20key"');
  expect(body).toContain('grecaptcha.execute("the key", options)');
});
