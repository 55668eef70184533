import type { Mailbox } from "@latchkey/tools/mailbox";
import { describe, expect, test, vi } from "vitest";
import type { Answer, Browser } from "../../auth-core/test/test-app.ts";
import { json, SECOND } from "../../auth-core/test/test-app.ts";
import { post } from "../../auth-core/test/test-pages.ts";
import { type EmailCodeLoginOptions, emailCodeLogin } from "../src/index.ts";
import { ask, type CodeApp } from "./code-app.ts";
import { ann, appOf, mailbox, received, wrongOf } from "./email-code-app.ts";

describe("L12: a code by e-mail", () => {
  test("is mailed, typed and logs in with id, e-mail and domain", async () => {
    const { flow, browser } = appOf();
    const tab = browser();
    const page = await ask(tab, flow, "Ann@Example.org");
    expect(page.status).toBe(200);
    expect(page.body).toContain("We sent a code to ann@example.org. It is valid for 10 minutes.");
    expect(page.body).toContain('autocomplete="one-time-code"');
    const { code, text } = await received();
    expect(code).toMatch(/^\d{6}$/);
    expect(text).not.toContain("http");
    const { status, session } = await post(tab, flow, page, { password: code });
    expect(status).toBe(303);
    expect(session.user).toEqual({ id: ann, email: ann, hd: "example.org" });
  });

  test("goes where the visitor wanted to go, and blanks in the code do no harm", async () => {
    const { flow, browser } = appOf();
    const tab = browser();
    const page = await ask(tab, flow, ann, "/login?next=/reports");
    const { code } = await received();
    const typed = ` ${code.slice(0, 3)}-${code.slice(3)} `;
    const answer = await post(tab, flow, page, { password: typed });
    expect(answer.header("location")).toBe("/reports");
  });

  test("works for programs that speak JSON", async () => {
    const { flow, browser } = appOf();
    const tab = browser();
    const send = (body: object): Promise<Answer> =>
      tab.send(flow, { method: "POST", headers: json, body });
    const asked = (await send({ user: ann })).json();
    const { hidden } = asked["view"] as { hidden: { name: string; value: string }[] };
    const { code } = await received();
    const fields = Object.fromEntries(hidden.map(({ name, value }) => [name, value]));
    const wrong = await send({ ...fields, password: wrongOf(code) });
    expect([wrong.status, wrong.json()["code"]]).toEqual([401, "wrong-code"]);
    expect((await send({ ...fields, password: code })).json()["user"]).toMatchObject({ id: ann });
  });

  test("has the size and lifetime that were asked for, and the texts", async () => {
    const { flow, browser, advance } = appOf({
      size: 9,
      lifetime: "15m",
      subject: "OTP for {user}",
      text: "The OTP for {user} is {code}",
      html: "<p>{code}</p>",
      from: "Codes <codes@example.com>",
    });
    const tab = browser();
    const page = await ask(tab, flow);
    const [{ mail }] = (await mailbox.waitFor(ann)) as [Awaited<ReturnType<Mailbox["waitFor"]>>[0]];
    expect(mail.subject).toBe(`OTP for ${ann}`);
    expect(mail.from).toEqual({ name: "Codes", address: "codes@example.com" });
    expect(mail.html?.trim()).toMatch(/^<p>\d{9}<\/p>$/);
    const { code } = await received();
    expect(mail.text?.trim()).toBe(`The OTP for ${ann} is ${code}`);
    advance(15 * 60 * SECOND - 1);
    expect((await post(tab, flow, page, { password: code })).status).toBe(303);
  });

  test("is worthless once its time is over, however often it was mistyped before", async () => {
    const { flow, browser, advance } = appOf();
    const tab = browser();
    const page = await ask(tab, flow);
    const { code } = await received();
    advance(9 * 60 * SECOND);
    expect((await post(tab, flow, page, { password: wrongOf(code) })).status).toBe(401);
    advance(60 * SECOND);
    const late = await post(tab, flow, page, { password: code });
    expect(late.status).toBe(400);
    expect(late.body).toContain("no longer valid");
    expect(await tab.user()).toBeNull();
  });

  test("not-sent: when the mail can't be handed over, it asks for the address again", async () => {
    const { flow, browser, faults } = appOf();
    const page = await ask(browser(), flow, "nobody@example.org");
    expect(page.status).toBe(503);
    expect(page.body).toContain("could not be sent");
    expect(page.body).toContain('value="nobody@example.org"');
    expect(faults).toMatchObject([{ code: "ERR_MAIL_REFUSED" }]);
  });

  test.each(["", "ann", "a@x.example,b@evil.example", "a\uff20x.example", '"a b"@x.example'])(
    "35: %j is refused, and nothing is sent",
    async (user) => {
      const { flow, browser } = appOf();
      expect((await ask(browser(), flow, user)).status).toBe(400);
      expect(mailbox.mails).toEqual([]);
    },
  );
});

describe("42, 43: one code, five tries", () => {
  /** Fifty forms at once, from as many networks, so that no queue of the flow helps. */
  async function race(
    app: CodeApp,
    tab: Browser,
    page: Answer,
    codes: string[],
  ): Promise<Answer[]> {
    return Promise.all(codes.map((password) => post(tab, app.flow, page, { password })));
  }

  test("the right code fifty times at once logs in once", async () => {
    const app = appOf();
    const tab = app.browser();
    const page = await ask(tab, app.flow);
    const { code } = await received();
    const answers = await race(app, tab, page, Array<string>(50).fill(code));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    expect(statuses.filter((status) => status === 400)).toHaveLength(49);
    expect((await app.sessions.list(ann)).length).toBe(1);
  });

  test("wrong codes in waves of fifty are looked at five times; then the right one is refused", async () => {
    const app = appOf();
    const tab = app.browser();
    const page = await ask(tab, app.flow);
    const { code } = await received();
    let looked = 0;
    for (let wave = 0; wave < 10; wave++) {
      const answers = await race(app, tab, page, Array<string>(50).fill(wrongOf(code)));
      looked += answers.filter(({ status }) => status === 401).length;
    }
    expect(looked).toBe(5);
    expect((await post(tab, app.flow, page, { password: code })).status).toBe(400);
    expect(await tab.user()).toBeNull();
  });

  test("the fifth try may be right, and the sixth may not", async () => {
    for (const [wrong, status] of [
      [4, 303],
      [5, 400],
    ] as const) {
      mailbox.clear();
      const { flow, browser } = appOf();
      const tab = browser();
      const page = await ask(tab, flow);
      const { code } = await received();
      for (let i = 0; i < wrong; i++) await post(tab, flow, page, { password: wrongOf(code) });
      expect((await post(tab, flow, page, { password: code })).status).toBe(status);
    }
  });

  test("guesses count at the address, whatever the form says, so that the flow slows them down", async () => {
    const app = appOf({}, { throttle: {} });
    const tab = app.browser();
    const page = await ask(tab, app.flow);
    const { code } = await received();
    for (let i = 0; i < 5; i++) {
      const { status } = await post(tab, app.flow, page, { password: wrongOf(code) });
      expect(status).toBe(401);
    }
    const next = await ask(tab, app.flow);
    const again = await post(tab, app.flow, next, { password: "000000" });
    expect(again.status).toBe(429);
    const other = await post(tab, app.flow, next, { password: "000000", user: "eve@example.org" });
    expect(other.status).toBe(400);
  });
});

test("an onError that throws stops nothing", async () => {
  const fails = { send: () => Promise.reject(new Error("away")) };
  const { flow, browser } = appOf({
    mailer: fails,
    onError() {
      throw new Error("the log is away, too");
    },
  });
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  expect((await ask(browser(), flow)).status).toBe(503);
  expect(String(said.mock.lastCall)).toContain("the log is away, too");
  said.mockRestore();
});

test.each([
  [{ size: 5 }, "size"],
  [{ size: 13 }, "size"],
  [{ tries: 6 }, "tries"],
  [{ lifetime: "2h" as const }, "lifetime"],
  [{ url: "/login" }, "url"],
  [{ url: "javascript:alert(1)" }, "url"],
  [{ instantLogin: true }, "url"],
  [{ instantLogin: true, anyBrowser: true, url: "https://app.example/login" }, "one of them"],
  [{ text: "hello" }, "{code} or {link}"],
  [{ text: "{link}" }, "{link}"],
  [{ from: "no address" }, "from must be"],
  [{ from: "App <app@example.com>\r\nBcc: eve@example.net" }, "from must be"],
  [{ user: { field: "key" } }, "user.field"],
  [{ user: { field: "a" }, password: { field: "a" } }, "are equal"],
  [{ limits: { perAddress: 0 } }, "limits.perAddress"],
])("%j is refused at start", (options, message) => {
  expect(() => appOf(options)).toThrow(message);
});

test("a method without a store or mailer is refused at start", () => {
  const bare = {} as EmailCodeLoginOptions;
  expect(() => emailCodeLogin(bare)).toThrow(/^store/);
});
