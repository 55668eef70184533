import { expect, test } from "vitest";
import { open, post, submit } from "../../auth-core/test/test-pages.ts";
import { accountApp, linkIn, newPassword, oldPassword, outside } from "./account-app.ts";

const eve = "eve@example.org";
const url = "/login?signup=";

test("L4: a link in the mail sets the password, and then there is an account", async () => {
  const { mailbox, flow, browser, row, login } = await accountApp({
    signup: { columns: { name: "full_name" }, labels: { name: "Your name" }, row: { role: "new" } },
  });
  const tab = browser();
  expect((await open(tab, flow, "/login")).body).toContain('<a href="/login?signup=">Sign up</a>');
  const form = await open(tab, flow, url);
  expect(form.body).toContain("Your name</label>");
  const asked = await post(tab, flow, form, { user: "eve", email: eve, name: "Eve <E>" });
  expect(asked.status).toBe(200);
  expect(await row("eve")).toBeUndefined();
  const page = await open(tab, flow, await linkIn(mailbox, eve));
  expect(page.body).toContain("Your user name is eve.");
  expect((await post(tab, flow, page, { password: "too short" })).status).toBe(400);
  expect((await post(tab, flow, page, { password: newPassword })).status).toBe(200);
  expect(await row("eve")).toMatchObject({
    user: "eve",
    email: eve,
    full_name: "Eve <E>",
    role: "new",
    active: "yes",
    password: expect.stringMatching(/^\$argon2id\$/),
  });
  expect(await (await login("eve", newPassword)).user()).toBe("eve");
  expect((await post(tab, flow, page, { password: newPassword })).status).toBe(400);
});

test("40: nothing but the named fields reaches the table", async () => {
  const { mailbox, flow, browser, row } = await accountApp({ signup: true });
  const tab = browser();
  const more = { role: "admin", active: "yes", full_name: "x", password: "x", emailVerified: "1" };
  const asked = await submit(tab, flow, url, { user: "eve", email: eve, ...more });
  expect(asked.status).toBe(200);
  const page = await open(tab, flow, await linkIn(mailbox, eve));
  await post(tab, flow, page, { ...more, password: newPassword });
  expect(await row("eve")).toMatchObject({ role: "reader", full_name: null });
});

test("32: taken and free names get the same answer; only the owner of the mailbox is told", async () => {
  const { mailbox, flow, browser, row } = await accountApp({ signup: true });
  const before = await row("ann");
  const tries = [
    { user: "eve", email: eve },
    { user: "ann", email: "eve2@example.org" },
    { user: "someone", email: "ann@example.org" },
    { user: "bob", email: "bob@example.org" },
  ];
  const answers = [];
  for (const fields of tries) {
    answers.push(outside(await submit(browser(), flow, url, fields), fields.email));
  }
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  const subjects = [];
  for (const { email } of tries) subjects.push((await mailbox.waitFor(email))[0]?.mail.subject);
  const taken = "You asked for an account";
  expect(subjects).toEqual(["Finish signing up", taken, taken, taken]);
  expect(await row("ann")).toEqual(before);
});

test("of two who asked for one name, the first to confirm has it", async () => {
  const { mailbox, flow, browser, row } = await accountApp({ signup: true });
  const tab = browser();
  await submit(tab, flow, url, { user: "eve", email: eve });
  await submit(tab, flow, url, { user: "eve", email: "eve@example.net" });
  const late = await open(tab, flow, await linkIn(mailbox, eve));
  const first = await open(tab, flow, await linkIn(mailbox, "eve@example.net"));
  expect((await post(tab, flow, first, { password: newPassword })).status).toBe(200);
  const refused = await post(tab, flow, late, { password: oldPassword });
  expect(refused.status).toBe(400);
  expect(refused.body).toContain("taken in the meantime");
  expect((await row("eve"))?.["email"]).toBe("eve@example.net");
});

test("38: fifty who follow one link at once make one account", async () => {
  const { mailbox, flow, browser, table } = await accountApp({ signup: true });
  const tab = browser();
  await submit(tab, flow, url, { user: "eve", email: eve });
  const page = await open(tab, flow, await linkIn(mailbox, eve));
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => post(tab, flow, page, { password: newPassword })),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(await table.find("user", "eve")).toHaveLength(1);
});

test("validate: false and throwing are 400, a text is told to the visitor", async () => {
  const { mailbox, flow, browser, faults } = await accountApp({
    signup: {
      validate({ user, code }) {
        if (user === "thrower") throw new Error("connect 10.0.0.1 failed");
        if (code === "") return "Please give the code of your invitation.";
        return code === "right";
      },
    },
  });
  const send = (user: string, code: string) =>
    submit(browser(), flow, url, { user, email: eve, code });
  const thrown = await send("thrower", "right");
  expect(thrown.status).toBe(400);
  expect(thrown.body).toContain("Please check what you typed.");
  expect(thrown.body).not.toContain("10.0.0.1");
  expect(faults).toHaveLength(1);
  expect((await send("eve", "")).body).toContain("the code of your invitation");
  expect((await send("eve", "wrong")).status).toBe(400);
  expect(mailbox.mails).toEqual([]);
  expect((await send("eve", "right")).status).toBe(200);
});

test.each([
  { user: "eve", email: "a@x.example,b@evil.example" },
  { user: "eve", email: "" },
  { user: "", email: eve },
  { user: "a\u0000b", email: eve },
  { user: "a\nb", email: eve },
  { user: "ann\u200b", email: eve },
  { user: "ann@example.org", email: eve },
  { user: "+919741552552", email: eve },
  { user: "CORP\\ann", email: eve },
  { user: "http://evil.example", email: eve },
  { user: "<b>eve</b>", email: eve },
  { user: "x".repeat(129), email: eve },
])("35: %j is refused, and nothing is sent", async (fields) => {
  const { mailbox, flow, browser } = await accountApp({ signup: true });
  expect((await submit(browser(), flow, url, fields)).status).toBe(400);
  expect(mailbox.mails).toEqual([]);
});

test("the address may be the name, however its letters were typed", async () => {
  const { mailbox, flow, browser, table } = await accountApp({ signup: true });
  const tab = browser();
  const fields = { user: "Eve@Example.org", email: "EVE@example.org" };
  expect((await submit(tab, flow, url, fields)).status).toBe(200);
  const page = await open(tab, flow, await linkIn(mailbox, "eve@example.org"));
  await post(tab, flow, page, { password: newPassword });
  expect(await table.find("user", "eve@example.org")).toHaveLength(1);
});

test("39: whoever signed somebody else's address up has no password and no session", async () => {
  const { mailbox, flow, browser, login } = await accountApp({ signup: true });
  const attacker = browser();
  const asked = await submit(attacker, flow, url, {
    user: "victim",
    email: "victim@example.org",
    password: "chosen by the attacker",
  });
  expect(asked.status).toBe(200);
  const victim = browser();
  const page = await open(victim, flow, await linkIn(mailbox, "victim@example.org"));
  await post(victim, flow, page, { password: newPassword });
  expect(await (await login("victim", "chosen by the attacker", attacker)).user()).toBeNull();
  expect(await (await login("victim", newPassword, victim)).user()).toBe("victim");
});

test("36, 35: neither the name nor the case of the address is passed on", async () => {
  const { mailbox, flow, browser, row } = await accountApp({ signup: true });
  const user = "visit evil.example now";
  await submit(browser(), flow, url, { user, email: "Eve@EXAMPLE.org" });
  const [{ raw } = { raw: "" }] = await mailbox.waitFor(eve);
  expect(raw).not.toContain("evil");
  const tab = browser();
  const page = await open(tab, flow, await linkIn(mailbox, eve));
  expect(page.body).toContain("visit evil.example now");
  await post(tab, flow, page, { password: newPassword });
  expect((await row(user))?.["email"]).toBe(eve);
  await submit(browser(), flow, url, { user: "other", email: "EVE@example.org" });
  const mails = await mailbox.waitFor(eve, 2);
  expect(mails[1]?.mail.subject).toBe("You asked for an account");
});

test("where the address is the user name, only the address is asked for", async () => {
  const { mailbox, flow, browser, row } = await accountApp({
    signup: { key: "join" },
    email: { column: "user" },
  });
  const tab = browser();
  const form = await open(tab, flow, "/login?join=");
  expect(form.body).not.toContain('name="user"');
  await post(tab, flow, form, { email: eve });
  const page = await open(tab, flow, await linkIn(mailbox, eve));
  expect((await post(tab, flow, page, { password: newPassword })).status).toBe(200);
  expect(await row(eve)).toMatchObject({ user: eve });
});

test.each([
  [{ columns: { role: "password" } }, "signup.columns"],
  [{ columns: { user: "full_name" } }, "signup.columns"],
  [{ row: { password: "x" } }, "signup.row"],
  [{ row: { role: "reader" }, columns: { role: "role" } }, "signup.row"],
  [{ html: "{reset_url}" }, "text"],
])("%j is refused at start", async (signup, message) => {
  await expect(accountApp({ signup })).rejects.toThrow(message);
});
