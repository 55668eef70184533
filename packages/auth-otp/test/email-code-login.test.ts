import { smtpMailer } from "@latchkey/mail";
import { type Mailbox, startMailbox } from "@latchkey/tools/mailbox";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Answer, Browser } from "../../auth-core/test/test-app.ts";
import { json, SECOND } from "../../auth-core/test/test-app.ts";
import { post } from "../../auth-core/test/test-pages.ts";
import { type EmailCodeLoginOptions, emailCodeLogin } from "../src/index.ts";
import { ask, type CodeApp, codeApp, loginUrl } from "./code-app.ts";

let mailbox: Mailbox;
beforeAll(async () => {
  mailbox = await startMailbox({ refuse: (to) => (to.startsWith("nobody@") ? 550 : null) });
});
afterAll(() => mailbox.stop());
afterEach(() => mailbox.clear());

const from = "Field Notes <app@example.com>";
const ann = "ann@example.org";
const html = { accept: "text/html" };

function appOf(options: Partial<EmailCodeLoginOptions> = {}, flowOptions = {}): CodeApp {
  return codeApp({ mailer: smtpMailer(mailbox.url, { from }), ...options }, flowOptions);
}

/** The code and the link of the last mail. */
async function received(
  to = ann,
  count = 1,
): Promise<{ code: string; link: string; text: string }> {
  const text = (await mailbox.waitFor(to, count)).at(-1)?.mail.text ?? "";
  return {
    text,
    code: /\b\d{6,}\b/.exec(text)?.[0] ?? "",
    link: /https:\S+/.exec(text)?.[0]?.replace("https://app.example", "") ?? "",
  };
}

/** Another code of the same length. */
function wrongOf(code: string): string {
  return String((Number(code) + 1) % 10 ** code.length).padStart(code.length, "0");
}

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

describe("45: a code is for the browser that asked", () => {
  test("another browser with the same form gets nowhere, and takes nothing away", async () => {
    const { flow, browser } = appOf();
    const [tab, other] = [browser(), browser()];
    const page = await ask(tab, flow);
    const { code } = await received();
    const own = await ask(other, flow, "eve@example.org");
    expect((await post(other, flow, page, { password: code })).status).not.toBe(303);
    const { hidden } = { hidden: /name="_csrf" value="([^"]*)"/.exec(own.body)?.[1] ?? "" };
    const stolen = await post(other, flow, page, { password: code, _csrf: hidden });
    expect(stolen.status).toBe(400);
    expect(await other.user()).toBeNull();
    expect((await post(tab, flow, page, { password: code })).status).toBe(303);
  });

  test("a code for one address logs in no other", async () => {
    const { flow, browser } = appOf();
    const tab = browser();
    const page = await ask(tab, flow, "eve@example.org");
    const { code } = await received("eve@example.org");
    const answer = await post(tab, flow, page, { password: code, user: ann });
    expect(answer.status).toBe(400);
    expect(await tab.user()).toBeNull();
  });

  test("the store holds neither code nor key", async () => {
    const { flow, browser, store } = appOf();
    const page = await ask(browser(), flow);
    const { code } = await received();
    const key = /name="key" value="([^"]*)"/.exec(page.body)?.[1] ?? "";
    const { records } = await store.scan("", null, 100);
    const dump = JSON.stringify(records);
    expect(key).toMatch(/^[\w-]{32}$/);
    expect(dump).toContain(ann);
    expect(dump).not.toContain(key);
    expect(dump).not.toContain(`"${code}"`);
  });
});

describe("47: the link in the mail", () => {
  const url = loginUrl;

  test("opens a page that asks, and logs in by its button; looking uses nothing up", async () => {
    const { flow, browser } = appOf({ url });
    const tab = browser();
    await ask(tab, flow, ann, "/login?next=/reports");
    const { link, code } = await received();
    expect(link).toContain(encodeURIComponent(ann));
    for (const method of ["HEAD", "GET", "GET"]) {
      const scanner = browser();
      expect((await scanner.send(flow, { method, url: link, headers: html })).status).toBe(200);
      expect(await scanner.user()).toBeNull();
    }
    const page = await tab.send(flow, { url: link, headers: html });
    expect(page.body).toContain(`Log in as ${ann}?`);
    expect(page.body).not.toContain(`action="${link}`);
    expect(page.header("cache-control")).toBe("no-store");
    expect(page.header("referrer-policy")).toBe("same-origin");
    expect(await tab.user()).toBeNull();
    const answer = await post(tab, flow, page);
    expect([answer.status, answer.header("location")]).toEqual([303, "/reports"]);
    expect(await tab.user()).toBe(ann);
    expect((await post(tab, flow, page, { password: code })).status).not.toBe(303);
  });

  test("logs in no other browser, not even by the button", async () => {
    const { flow, browser } = appOf({ url });
    const [tab, other] = [browser(), browser()];
    await ask(tab, flow);
    const { link } = await received();
    const page = await other.send(flow, { url: link, headers: html });
    const answer = await post(other, flow, page);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain("another browser");
    const own = await tab.send(flow, { url: link, headers: html });
    expect((await post(tab, flow, own)).status).toBe(303);
  });

  test("37: begins with the configured address, whatever the Host header says", async () => {
    const { flow, browser } = appOf({ url });
    const fields = { method: "POST", headers: json, body: { user: ann } };
    const { status } = await browser({ host: "evil.example" }).send(flow, fields);
    expect(status).toBe(200);
    const { text } = await received();
    expect(text).toContain("https://app.example/login?");
    expect(text).not.toContain("evil");
  });

  test("27: carries no other site along", async () => {
    const { flow, browser } = appOf({ url });
    await ask(browser(), flow, ann, "/login?next=https://evil.example/");
    expect((await received()).text).not.toContain("evil");
  });

  test("instantLogin: opening is enough, but not for HEAD, prefetching or another browser", async () => {
    const { flow, browser } = appOf({ url, instantLogin: true });
    const tab = browser();
    await ask(tab, flow);
    const { link } = await received();
    expect((await tab.send(flow, { method: "HEAD", url: link })).status).toBe(200);
    const ahead = { "sec-purpose": "prefetch;prerender", ...html };
    expect((await tab.send(flow, { url: link, headers: ahead })).status).toBe(200);
    const image = { "sec-fetch-dest": "image", ...html };
    expect((await tab.send(flow, { url: link, headers: image })).status).toBe(200);
    const refused = {
      method: "POST",
      url: link,
      headers: { ...html, origin: "https://evil.example" },
    };
    expect((await tab.send(flow, refused)).status).toBe(403);
    expect((await browser().send(flow, { url: link, headers: html })).status).toBe(400);
    expect(await tab.user()).toBeNull();
    expect((await tab.send(flow, { url: link, headers: html })).status).toBe(303);
    expect(await tab.user()).toBe(ann);
    expect((await browser().send(flow, { url: link, headers: html })).status).toBe(400);
  });

  test("anyBrowser: another browser logs in by the button, one of fifty", async () => {
    const { flow, browser } = appOf({ url, anyBrowser: true });
    const [tab, phone] = [browser(), browser()];
    const own = await ask(tab, flow);
    const { link, code } = await received();
    const page = await phone.send(flow, { url: link, headers: html });
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(phone, flow, page)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(await phone.user()).toBe(ann);
    expect((await post(tab, flow, own, { password: code })).status).toBe(400);
  });

  test("anyBrowser: five wrong codes end it, too", async () => {
    const { flow, browser } = appOf({ url, anyBrowser: true });
    const tab = browser();
    const page = await ask(tab, flow);
    const { code } = await received();
    for (let i = 0; i < 5; i++) {
      expect((await post(tab, flow, page, { password: wrongOf(code) })).status).toBe(401);
    }
    expect((await post(tab, flow, page, { password: code })).status).toBe(400);
  });
});

describe("32: whether an address may log in is not told", () => {
  const accepts = (address: string): boolean => address === ann;

  test("known and unknown get the same page, and only the known one a mail", async () => {
    const { flow, browser } = appOf({ accepts });
    const unknown = await ask(browser(), flow, "eve@example.org");
    const known = await ask(browser(), flow);
    const plain = ({ status, body, headers }: Answer): unknown => ({
      status,
      headers,
      body: body
        .replaceAll("eve@example.org", ann)
        .replaceAll(/(name="(?:key|_csrf)" value=")[^"]*/g, "$1"),
    });
    expect(plain(unknown)).toEqual(plain(known));
    expect(unknown.body).toContain("can log in here");
    await received();
    expect(mailbox.mails.map(({ to }) => to)).toEqual([[ann]]);
  });

  test("31: the answer waits neither for the look-up nor for the mail", async () => {
    let asked = 0;
    const hanging = { send: () => new Promise<void>(() => {}) };
    const { flow, browser } = appOf({
      mailer: hanging,
      accepts: (address) => {
        asked += 1;
        return accepts(address);
      },
    });
    expect((await ask(browser(), flow)).status).toBe(200);
    expect(asked).toBe(0);
  });

  test("a mail that can't be sent is told to the operator only", async () => {
    const { flow, browser, faults } = appOf({ accepts: () => true });
    expect((await ask(browser(), flow, "nobody@example.org")).status).toBe(200);
    while (faults.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(faults).toMatchObject([{ code: "ERR_MAIL_REFUSED" }]);
  });

  test("11: who is not accepted any more is refused with the right code", async () => {
    let open = true;
    const { flow, browser } = appOf({ accepts: () => open });
    const tab = browser();
    const page = await ask(tab, flow);
    const { code } = await received();
    open = false;
    expect((await post(tab, flow, page, { password: code })).status).toBe(401);
  });
});

test("46: no more than five mails an hour to one address from one network", async () => {
  const { flow, browser, advance } = appOf();
  const statuses: number[] = [];
  for (let i = 1; i <= 7; i++) {
    const ip = `2001:db8:1:2::${i}`;
    statuses.push((await ask(browser({ ip }), flow)).status);
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200, 503, 503]);
  expect(mailbox.mails).toHaveLength(5);
  const other = await ask(browser({ ip: "2001:db8:1:3::1" }), flow);
  expect(other.status).toBe(200);
  advance(3_600 * SECOND);
  expect((await ask(browser({ ip: "2001:db8:1:2::1" }), flow)).status).toBe(200);
});

test("strangers who ask for all codes of an address don't keep out who logged in before", async () => {
  const first = appOf({ limits: { perAddress: 2 } });
  const owner = first.browser({ ip: "203.0.113.1" });
  const page = await ask(owner, first.flow);
  expect((await post(owner, first.flow, page, { password: (await received()).code })).status).toBe(
    303,
  );
  for (let i = 1; i < 5; i++) await ask(first.browser({ ip: `198.51.100.${i}` }), first.flow);
  expect((await ask(first.browser({ ip: "198.51.100.9" }), first.flow)).status).toBe(503);
  expect((await ask(owner, first.flow)).status).toBe(200);
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
