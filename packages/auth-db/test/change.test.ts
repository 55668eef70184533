import { expect, test } from "vitest";
import { open, post, submit } from "../../auth-core/test/test-pages.ts";
import { accountApp, linkIn, newPassword, oldPassword, outside } from "./account-app.ts";

const ann = "ann@example.org";
const next = "ann@example.net";
const known = { user: "ann", password: oldPassword };

test("a new password needs the present one, ends all sessions and is told by mail", async () => {
  const { mailbox, flow, login } = await accountApp({ change: true });
  const tab = await login("ann", oldPassword);
  const elsewhere = await login("ann", oldPassword);
  const url = "/login?change=";
  const wrong = { user: "ann", password: "a wrong password", new_password: newPassword };
  expect((await submit(tab, flow, url, wrong)).status).toBe(401);
  const weak = await submit(tab, flow, url, { ...known, new_password: "aaaaaaaaaaaaaaaaaaaa" });
  expect([weak.status, weak.body.includes("tried first")]).toEqual([400, true]);
  expect((await submit(tab, flow, url, known)).status).toBe(400);
  expect(await elsewhere.user()).toBe("ann");
  const done = await submit(tab, flow, url, { ...known, new_password: newPassword });
  expect(done.status).toBe(200);
  expect([await tab.user(), await elsewhere.user()]).toEqual([null, null]);
  expect(await (await login("ann", oldPassword)).user()).toBeNull();
  expect(await (await login("ann", newPassword)).user()).toBe("ann");
  const [{ mail } = { mail: null }] = await mailbox.waitFor(ann);
  expect(mail?.text).toContain("The password of the account ann was changed.");
});

test("guesses at the change pages count like guesses at the login", async () => {
  const { flow, browser } = await accountApp({ change: true });
  const statuses: number[] = [];
  for (let i = 0; i < 6; i++) {
    const url = i % 2 ? "/login?change=" : "/login?email=";
    const fields = { user: "ann", password: "a guess", new_password: newPassword, email: next };
    statuses.push((await submit(browser(), flow, url, fields)).status);
  }
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
});

test("the account's own name and address are no new password", async () => {
  const { flow, browser, table } = await accountApp({ change: true });
  const [user, email] = ["ann of the long name", "ann.lovelace@example.org"];
  await table.update({ user: "ann" }, { user, email });
  for (const own of [user, email, email.toUpperCase()]) {
    const fields = { user, password: oldPassword, new_password: own };
    const answer = await submit(browser(), flow, "/login?change=", fields);
    expect([answer.status, answer.body.includes("not your name or address")]).toEqual([400, true]);
  }
});

test("a new password is looked at once the present one is proven, and guesses count", async () => {
  const asked: string[] = [];
  const isBreached = (password: string): boolean => asked.push(password) > 0;
  const { flow, browser } = await accountApp({ change: true, passwords: { isBreached } });
  const ask = (password: string, next: string) =>
    submit(browser(), flow, "/login?change=", { user: "ann", password, new_password: next });
  expect((await ask(oldPassword, newPassword)).status).toBe(400);
  expect(asked).toEqual([newPassword]);
  const statuses: number[] = [];
  for (const next of [newPassword, "short", newPassword, "aaaaaaaaaaaaaaaaaaaa", "ann", "short"]) {
    statuses.push((await ask("a guess", next)).status);
  }
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  expect(asked).toEqual([newPassword]);
});

test("41: a new address counts once it confirms, by a button; the old one is told", async () => {
  const { mailbox, flow, browser, row } = await accountApp({ change: true });
  const tab = browser();
  const asked = await submit(tab, flow, "/login?email=", { ...known, email: next });
  expect(asked.status).toBe(200);
  const link = await linkIn(mailbox, next);
  for (const method of ["HEAD", "GET"]) {
    expect((await open(browser(), flow, link, method)).status).toBe(200); // 47
  }
  expect((await row("ann"))?.["email"]).toBe(ann);
  expect(mailbox.mails.map(({ to }) => to)).toEqual([[next]]);
  const page = await open(tab, flow, link);
  expect(page.body).toContain(`The address of ann becomes ${next}.`);
  const answers = await Promise.all(Array.from({ length: 50 }, () => post(tab, flow, page)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect((await row("ann"))?.["email"]).toBe(next);
  const [{ mail } = { mail: null }] = await mailbox.waitFor(ann);
  expect(mail?.text).toContain("The e-mail address of the account ann was changed.");
});

test("a reset link that went to the old address dies with the change", async () => {
  const { mailbox, flow, browser } = await accountApp({ change: true, forgot: true });
  const tab = browser();
  await submit(tab, flow, "/login?forgot=", { email: ann });
  const reset = await linkIn(mailbox, ann);
  await submit(tab, flow, "/login?email=", { ...known, email: next });
  await post(tab, flow, await open(tab, flow, await linkIn(mailbox, next)));
  expect((await open(tab, flow, reset)).status).toBe(400);
});

test("a link to change the address dies with the password", async () => {
  const { mailbox, flow, browser, row } = await accountApp({ change: true });
  const tab = browser();
  await submit(tab, flow, "/login?email=", { ...known, email: next });
  const page = await open(tab, flow, await linkIn(mailbox, next));
  await submit(tab, flow, "/login?change=", { ...known, new_password: newPassword });
  expect((await post(tab, flow, page)).status).toBe(400);
  expect((await row("ann"))?.["email"]).toBe(ann);
});

test("32: an address that belongs to another account gets the same answer, and a mail", async () => {
  const { mailbox, flow, browser, row } = await accountApp({ change: true });
  const ask = async (email: string) =>
    outside(await submit(browser(), flow, "/login?email=", { ...known, email }), email);
  expect(await ask("cat@example.org")).toEqual(await ask(next));
  const [{ mail } = { mail: null }] = await mailbox.waitFor("cat@example.org");
  expect(mail?.subject).toBe("Your address was given to us");
  expect((await row("ann"))?.["email"]).toBe(ann);
});

test("32: unknown, disabled and wrong passwords are one answer", async () => {
  const { mailbox, flow, browser } = await accountApp({ change: true });
  for (const url of ["/login?change=", "/login?email="]) {
    const answers = [];
    for (const user of ["nobody", "bob", "ann"]) {
      const password = user === "bob" ? oldPassword : "a wrong password";
      const fields = { user, password, new_password: newPassword, email: next };
      answers.push(outside(await submit(browser(), flow, url, fields), `value="${user}"`));
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  }
  expect(mailbox.mails).toEqual([]);
});

test("keys and fields are options, and the address page can be left out", async () => {
  const { mailbox, flow, browser, login } = await accountApp({
    change: { key: "pw", field: "next", emailKey: false, notice: { text: "{user}: {what}" } },
  });
  const tab = browser();
  await submit(tab, flow, "/login?pw=", { ...known, next: newPassword });
  expect(await (await login("ann", newPassword)).user()).toBe("ann");
  expect((await mailbox.waitFor(ann))[0]?.mail.text?.trim()).toBe("ann: password");
  expect((await open(tab, flow, "/login?email=")).body).not.toContain("New e-mail address");
});
