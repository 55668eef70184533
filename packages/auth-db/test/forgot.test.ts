import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { csvTable } from "@latchkey/table";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, type Browser, HOUR, json } from "../../auth-core/test/test-app.ts";
import { open, post, submit } from "../../auth-core/test/test-pages.ts";
import { dbLogin } from "../src/index.ts";
import {
  type AccountApp,
  accountApp,
  linkIn,
  newPassword,
  oldPassword,
  outside,
  usersTable,
} from "./account-app.ts";
import { hasher } from "./weak-hasher.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "latchkey-forgot-"));
});
afterAll(() => rm(folder, { recursive: true }));

const ann = "ann@example.org";

test("L3: the link in the mail sets a new password, and ends all sessions", async () => {
  const { mailbox, flow, browser, login } = await accountApp({ forgot: true });
  const elsewhere = await login("ann", oldPassword);
  const other = await login("cat", oldPassword);
  expect(await elsewhere.user()).toBe("ann");
  const tab = browser();
  const first = await open(tab, flow, "/login");
  expect(first.body).toContain('<a href="/login?forgot=">Forgot your password?</a>');
  const asked = await submit(tab, flow, "/login?forgot=", { email: ann });
  expect(asked.status).toBe(200);
  expect(asked.body).toContain("It is valid for 10 minutes.");
  const link = await linkIn(mailbox, ann);
  expect(link).toMatch(/^\/login\?forgot=[\w-]{32}$/);
  const page = await open(tab, flow, link);
  expect(page.body).toContain('autocomplete="new-password"');
  expect(page.header("cache-control")).toBe("no-store");
  expect(page.header("referrer-policy")).toBe("same-origin");
  const done = await post(tab, flow, page, { password: newPassword });
  expect(done.status).toBe(200);
  expect(done.body).toContain("Your password was changed");
  expect(await elsewhere.user()).toBeNull();
  expect(await other.user()).toBe("cat");
  // MFA and everything else of the login still come first.
  expect(await tab.user()).toBeNull();
  expect(await (await login("ann", oldPassword)).user()).toBeNull();
  expect(await (await login("ann", newPassword)).user()).toBe("ann");
  const notice = (await mailbox.waitFor(ann, 2))[1];
  expect(notice?.mail.text).toContain("The password of the account ann was changed.");
});

test("L3: a CSV file does as well, and the user name instead of the address", async () => {
  const path = join(folder, "users.csv");
  const password = await hasher.hash(oldPassword);
  await writeFile(path, `user;password;email;active\nann;${password};${ann};yes\n`);
  const table = csvTable(path, { delimiter: ";" });
  const { mailbox, flow, browser, login } = await accountApp({ table, forgot: true });
  await submit(browser(), flow, "/login?forgot=", { email: "ann" });
  const tab = browser();
  const page = await open(tab, flow, await linkIn(mailbox, ann));
  expect((await post(tab, flow, page, { password: newPassword })).status).toBe(200);
  expect(await (await login("ann", newPassword)).user()).toBe("ann");
});

test("L3: key, field, column, lifetime, sender, subject and bodies are options; columns are escaped", async () => {
  const { mailbox, flow, browser, advance } = await accountApp({
    forgot: {
      key: "lost",
      subject: "Password for {user}",
      text: "{full_name}: {reset_url}",
      html: '<p>{full_name} <a href="{reset_url}">reset</a></p>',
    },
    from: "Help <help@example.com>",
    linkLifetime: "15m",
    email: { column: "email", field: "mail" },
  });
  const tab = browser();
  await submit(tab, flow, "/login?lost=", { mail: "ANN@Example.org".toLowerCase() });
  const [{ mail } = { mail: null }] = await mailbox.waitFor(ann);
  expect(mail?.subject).toBe("Password for ann");
  expect(mail?.from).toEqual({ name: "Help", address: "help@example.com" });
  expect(mail?.text).toContain("<b>Ann</b>: https://app.example/login?lost=");
  expect(mail?.html).toContain("<p>&lt;b&gt;Ann&lt;/b&gt; <a href=");
  advance(15 * 60_000 - 1);
  expect((await open(tab, flow, await linkIn(mailbox, ann))).status).toBe(200);
  advance(1);
  expect((await open(tab, flow, await linkIn(mailbox, ann))).status).toBe(400);
});

test("36: the password can't be mailed", async () => {
  const forgot = { text: "{password} {reset_url}" };
  const { mailbox, flow, browser, faults } = await accountApp({ forgot });
  await submit(browser(), flow, "/login?forgot=", { email: ann });
  while (faults.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(faults).toMatchObject([{ code: "ERR_MAIL_MESSAGE" }]);
  expect(mailbox.mails).toEqual([]);
});

test("32: known, unknown and disabled accounts get the same answer", async () => {
  const { mailbox, flow, browser } = await accountApp({ forgot: true });
  const names = ["eve@example.org", "bob@example.org", "nobody", "bob", ann];
  const answers: unknown[] = [];
  for (const email of names) {
    answers.push(outside(await submit(browser(), flow, "/login?forgot=", { email }), email));
  }
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  await mailbox.waitFor(ann);
  expect(mailbox.mails.flatMap(({ to }) => to)).toEqual([ann]);
});

test("31: the answer waits neither for the table nor for the mail server", async () => {
  const table = await usersTable();
  let asked = 0;
  const slow = {
    ...table,
    find() {
      asked += 1;
      return new Promise<never>(() => {});
    },
  };
  const { flow, browser } = await accountApp({ table: slow, forgot: true });
  const { status } = await submit(browser(), flow, "/login?forgot=", { email: ann });
  expect([status, asked]).toEqual([200, 0]);
});

test("38: of fifty who follow the link at once, one sets the password", async () => {
  const { mailbox, flow, browser, row } = await accountApp({ forgot: true });
  await submit(browser(), flow, "/login?forgot=", { email: ann });
  const tab = browser();
  const page = await open(tab, flow, await linkIn(mailbox, ann));
  const passwords = Array.from({ length: 50 }, (_, i) => `${newPassword} number ${i}`);
  const answers = await Promise.all(
    passwords.map((password) => post(tab, flow, page, { password })),
  );
  const winners = passwords.filter((_, i) => answers[i]?.status === 200);
  expect(winners).toHaveLength(1);
  const stored = String((await row("ann"))?.["password"]);
  expect(await hasher.verify(winners[0] ?? "", stored)).toMatchObject({ ok: true });
  expect(answers.filter(({ status }) => status === 400)).toHaveLength(49);
});

test("links die with the password, with the address, and with the account", async () => {
  for (const change of [
    { password: await hasher.hash("somebody else's choice") },
    { email: "ann@example.net" },
    { active: "no" },
  ]) {
    const { mailbox, flow, browser, table } = await accountApp({ forgot: true });
    const tab = browser();
    await submit(tab, flow, "/login?forgot=", { email: ann });
    const link = await linkIn(mailbox, ann);
    const page = await open(tab, flow, link);
    expect(page.status).toBe(200);
    await table.update({ user: "ann" }, change);
    expect((await open(tab, flow, link)).status).toBe(400);
    const late = await post(tab, flow, page, { password: newPassword });
    expect(late.status).toBe(400);
    expect(late.body).toContain("no longer valid");
  }
});

test("a used link opens nothing, and a weak password doesn't use it", async () => {
  const { mailbox, flow, browser } = await accountApp({ forgot: true });
  const tab = browser();
  await submit(tab, flow, "/login?forgot=", { email: ann });
  const link = await linkIn(mailbox, ann);
  let page: Answer = await open(tab, flow, link);
  for (const [password, says] of [
    ["short", "at least 15 characters"],
    ["passwordpassword", "tried first"],
    ["ann@example.org", "not your name"],
  ] as const) {
    page = await post(tab, flow, page, { password });
    expect(page.status).toBe(400);
    expect(page.body).toContain(says);
    expect(page.body).not.toContain(`value="${password}"`);
  }
  expect((await post(tab, flow, page, { password: newPassword })).status).toBe(200);
  expect((await open(tab, flow, link)).status).toBe(400);
});

test("79: the store holds no token that could be followed", async () => {
  const { mailbox, flow, browser, store } = await accountApp({ forgot: true });
  await submit(browser(), flow, "/login?forgot=", { email: ann });
  const token = (await linkIn(mailbox, ann)).split("=")[1] ?? "";
  const { records } = await store.scan("token:", null, 10);
  expect(records).toHaveLength(1);
  expect(JSON.stringify(records)).not.toContain(token);
  expect(JSON.stringify(records)).not.toContain("argon2");
});

test("37: the link begins with the configured address, whatever the Host header says", async () => {
  const { mailbox, flow, browser } = await accountApp({ forgot: true });
  const init = { method: "POST", url: "/login?forgot=", headers: json, body: { email: ann } };
  const { status } = await browser({ host: "evil.example" }).send(flow, init);
  expect(status).toBe(200);
  const [{ raw } = { raw: "" }] = await mailbox.waitFor(ann);
  expect(raw).toContain("https://app.example/login?");
  expect(raw).not.toContain("evil");
});

test.each([
  "a@x.example,b@evil.example",
  '"a b"@x.example',
  "ann\uff20@x",
  "a@x.example\r\nBcc: b@y",
])("35: %j is refused, and nothing is sent", async (email) => {
  const { mailbox, flow, browser } = await accountApp({ forgot: true });
  expect((await submit(browser(), flow, "/login?forgot=", { email })).status).toBe(400);
  expect(mailbox.mails).toEqual([]);
});

test("46: one network gets no more than five mails an hour for one account", async () => {
  const { flow, browser } = await accountApp({ forgot: true });
  const statuses: number[] = [];
  for (let i = 0; i < 6; i++) {
    const tab = browser({ ip: `2001:db8:1:2::${i}` });
    statuses.push((await submit(tab, flow, "/login?forgot=", { email: ann })).status);
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200, 503]);
});

test("46: nor for one mailbox, by however many names it is asked for", async () => {
  const table = await usersTable();
  for (const user of ["a1", "a2", "a3"]) await table.insert({ user, password: "x", email: ann });
  const { mailbox, flow, browser } = await accountApp({ table, forgot: true });
  for (const email of ["a1", "a2", "a3", "ann", "a1", ann]) {
    expect((await submit(browser(), flow, "/login?forgot=", { email })).status).toBe(200);
  }
  await mailbox.waitFor(ann, 5);
  await submit(browser(), flow, "/login?forgot=", { email: "cat" });
  await mailbox.waitFor("cat@example.org");
  expect(mailbox.mails.filter(({ to }) => to.includes(ann))).toHaveLength(5);
});

test.each([
  [
    "where they logged in",
    (app: AccountApp, owner: Browser) => app.login("ann", oldPassword, owner),
  ],
  [
    "where they set a new password",
    async (app: AccountApp, owner: Browser) => {
      await submit(owner, app.flow, "/login?forgot=", { email: ann });
      const page = await open(owner, app.flow, await linkIn(app.mailbox, ann));
      expect((await post(owner, app.flow, page, { password: newPassword })).status).toBe(200);
    },
  ],
])(
  "strangers who ask for all its mails don't keep an account's owner out, %s",
  async (_, prove) => {
    const app = await accountApp({ forgot: true });
    const { mailbox, flow, browser } = app;
    const owner = browser({ ip: "198.51.100.7" });
    await prove(app, owner);
    const noted = async () =>
      (await app.store.scan("", null, 100)).records.filter(({ id }) => id.includes(":trusted:"));
    await expect.poll(async () => (await noted()).length).toBe(3); // after the answer
    app.advance(HOUR + 1);
    const ask = async (who: Browser, email: string) =>
      (await submit(who, flow, "/login?forgot=", { email })).status;
    for (const email of [ann, "ann"]) {
      for (let network = 1; network <= 4; network++) {
        const stranger = browser({ ip: `192.0.2.${network}` });
        for (let count = 0; count < 5; count++) expect(await ask(stranger, email)).toBe(200);
      }
      expect(await ask(browser({ ip: "203.0.113.9" }), email)).toBe(503);
    }
    await mailbox.waitFor(ann, 20);
    const before = mailbox.mails.length;
    expect([await ask(owner, ann), await ask(owner, "ann")]).toEqual([200, 200]);
    await expect.poll(() => mailbox.mails.length).toBe(before + 2);
  },
);

test("32: the limit of a network counts requests, whoever they are for", async () => {
  const asked: number[] = [];
  for (const email of [ann, "nobody@example.org"]) {
    const limits = { perNetwork: 8, perAddress: 100, perAddressAndNetwork: 100 };
    const { mailbox, flow, browser } = await accountApp({ forgot: true, limits });
    const tab = browser();
    for (let count = 0; count < 4; count++) await submit(tab, flow, "/login?forgot=", { email });
    if (email === ann) await mailbox.waitFor(ann, 4);
    let more = 0;
    while (
      (await submit(tab, flow, "/login?forgot=", { email: `x${more}@x.example` })).status === 200
    ) {
      more += 1;
    }
    asked.push(more);
  }
  expect(asked).toEqual([4, 4]);
});

test("what the pages need is asked for at start", async () => {
  const table = await usersTable();
  const app = await accountApp();
  const { store } = app;
  const mailer = { send: async () => {} };
  const url = "https://app.example/login";
  const make = (options: object) => () => dbLogin({ table, hasher, ...options });
  expect(make({ forgot: true })).toThrow(/store/);
  expect(make({ signup: true, store })).toThrow(/mailer/);
  expect(make({ change: true, store, mailer })).toThrow(/^url/);
  expect(make({ forgot: true, store, mailer, url: "/login" })).toThrow(/^url/);
  const all = { store, mailer, url };
  expect(make({ ...all, forgot: true, from: "no address" })).toThrow(/^from must/);
  expect(make({ ...all, forgot: true, from: "a@b.example\r\nBcc: c@d.example" })).toThrow(/^from/);
  expect(make({ ...all, forgot: true, from: "App <app@example.com>" })).not.toThrow();
  expect(make({ ...all, forgot: { text: "no link" } })).toThrow(/reset_url/);
  expect(make({ ...all, forgot: { key: "a" }, signup: { key: "a" } })).toThrow(/four names/);
  expect(make({ ...all, forgot: true, linkLifetime: "soon" })).toThrow(/linkLifetime/);
  expect(make({ ...all, forgot: true, passwords: { minLength: 7 } })).toThrow(/minLength/);
  expect(make({})).not.toThrow();
});
