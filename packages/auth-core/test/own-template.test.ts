// F2: the templates of the documents work as they stand there, with logins of several steps, too.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { recaptcha } from "../src/captcha/recaptcha.ts";
import { createLoginFlow } from "../src/login-flow.ts";
import { templateFile } from "../src/pages/template-file.ts";
import type { LoginPage, Template } from "../src/pages.ts";
import { fixedMethod, passwordMethod, right, view } from "./password-method.ts";
import { type Browser, type Data, form, ORIGIN, testApp, type User } from "./test-app.ts";

const folder = await mkdtemp(join(tmpdir(), "latchkey-template-"));
afterAll(() => rm(folder, { recursive: true }));
const documents = [
  "docs/guide/coming-from-gramex.md",
  "docs/guide/logging-in.md",
  "packages/auth-core/README.md",
];

/** The first page of HTML in a document, as a template. */
async function templateOf(document: string): Promise<Template<LoginPage>> {
  const text = await readFile(new URL(`../../../${document}`, import.meta.url), "utf8");
  const file = join(folder, `${basename(document)}.html`);
  await writeFile(file, /```html\n([\s\S]*?)```/.exec(text)?.[1] ?? "");
  return templateFile<LoginPage>(file);
}

function app(template: Template<LoginPage>) {
  const { context, browser } = testApp();
  const flow = createLoginFlow<User, Data>(context, passwordMethod(), { delay: "1ms", template });
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

describe.each(documents)("%s", (document) => {
  test("logs in, and goes where the visitor wanted to", async () => {
    const { mine, flow } = app(await templateOf(document));
    const { body } = await open(mine, flow);
    const headers = { ...form, origin: ORIGIN };
    const sent = { method: "POST", headers, body: fieldsOf(body, right) };
    const answer = await mine.send(flow, sent);
    expect([answer.status, answer.header("location")]).toEqual([303, "/a"]);
  });

  test("says what went wrong, and keeps what was typed, escaped", async () => {
    const { mine, flow } = app(await templateOf(document));
    const { body } = await open(mine, flow);
    const typed = { user: `"><script>`, password: "wrong" };
    const headers = { ...form, origin: ORIGIN };
    const answer = await mine.send(flow, { method: "POST", headers, body: fieldsOf(body, typed) });
    expect(answer.body).toMatch(/invalid-credentials.*: That name and password/);
    expect(answer.body).toContain('value="&quot;&gt;&lt;script&gt;"');
    expect(answer.body).not.toContain("wrong");
  });

  test("carries the fields of every step, and those that are hidden", async () => {
    const fields = [{ name: "pin", label: "PIN", type: "text" as const, autocomplete: "off" }];
    const hidden = [{ name: "state", value: "a random key" }];
    const method = fixedMethod(() => ({ kind: "show", view: { ...view, fields, hidden } }));
    const template = await templateOf(document);
    const { context, mine } = app(template);
    const flow = createLoginFlow<User, Data>(context, method, { template });
    const sent = fieldsOf((await open(mine, flow)).body, {});
    expect(Object.keys(sent)).toEqual(["pin", "_csrf", "next", "state"]);
    expect(sent).toMatchObject({ pin: "", next: "/a", state: "a random key" });
  });
});

test("that of the guide for those who come from Gramex carries the captcha", async () => {
  const captcha = recaptcha({ siteKey: "the key", secret: "the secret" });
  const template = await templateOf("docs/guide/coming-from-gramex.md");
  const { context, mine } = app(template);
  const method = fixedMethod(() => ({ kind: "show", view }));
  const flow = createLoginFlow<User, Data>(context, method, { template, captcha });
  const { body } = await open(mine, flow);
  expect(fieldsOf(body, {})).toMatchObject({ recaptcha: "" });
  expect(body).toContain('src="https://www.google.com/recaptcha/api.js?render=the%20key"');
  expect(body).toContain('grecaptcha.execute("the key", options)');
});
