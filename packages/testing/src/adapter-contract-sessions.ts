// "My sessions": what is listed, and ending one of them or all others.

import type { Browser } from "./adapter-contract-browser.ts";
import { expectEqual, expectPage, expectStatus, expectTrue } from "./adapter-contract-expect.ts";
import { formsOf, type PageForm } from "./adapter-contract-form.ts";
import type { AdapterRule } from "./adapter-contract-rule.ts";
import { csrfHeader, logIn, putData, readSession, whoIs } from "./adapter-contract-steps.ts";

const PATH = "/account/sessions";
const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

export const sessionsRules: readonly AdapterRule[] = [
  {
    name: "my sessions lists mine and nobody else's, and marks this one",
    async check(subject) {
      const account = subject.newMember();
      const here = subject.browser();
      const there = subject.browser({ "user-agent": firefox });
      const stranger = subject.browser();
      await logIn(here, account);
      await logIn(there, account);
      await logIn(stranger, subject.newMember());
      const page = await here.get(PATH);
      expectPage(page, 200, PATH);
      expectEqual(rowsOf(page.text).length, 2, "sessions that are listed");
      expectTrue(page.text.includes("Firefox"), "the other device is described");
      expectTrue(/127\.0\.0\.1|::1/.test(page.text), "its address is shown");
      expectEqual((await revokeForms(here)).length, 1, "sessions that can be ended: all but this");
    },
  },
  {
    name: "ending one session logs that browser out at once, and only that one",
    async check(subject) {
      const account = subject.newMember();
      const [here, there, third] = [subject.browser(), subject.browser(), subject.browser()];
      await logIn(here, account);
      const cookie = await logIn(there, account);
      await putData(there, "note", "mine", await csrfHeader(there));
      const [form] = await revokeForms(here);
      if (form === undefined) throw new Error("no session can be ended");
      await logIn(third, account);
      const answer = await here.postForm(form.action, form.fields);
      expectStatus(answer, [302, 303], "ending the other session");
      expectEqual(answer.header("location"), PATH, "where that leads");
      expectEqual(await whoIs(there, cookie), null, "who is logged in there");
      expectEqual((await readSession(there, cookie)).data, {}, "what the ended session can read");
      expectEqual(await whoIs(here), account.user, "who is logged in here");
      expectEqual(await whoIs(third), account.user, "who is logged in at the third");
    },
  },
  {
    name: "ending all others leaves this one alone",
    async check(subject) {
      const account = subject.newMember();
      const all = Array.from({ length: 4 }, () => subject.browser());
      const stranger = subject.browser();
      await logIn(stranger, subject.member);
      for (const browser of all) await logIn(browser, account);
      const [here, ...others] = all;
      if (here === undefined) throw new Error("no browser: a bug of the contract");
      const forms = formsOf((await here.get(PATH)).text);
      const form = forms.find(({ action }) => action.endsWith("/revoke-others"));
      const answer = await here.postForm(`${PATH}/revoke-others`, form?.fields ?? {});
      expectStatus(answer, [302, 303], "ending all others");
      for (const other of others) expectEqual(await whoIs(other), null, "who is logged in there");
      expectEqual(await whoIs(here), account.user, "who is logged in here");
      expectTrue((await whoIs(stranger)) !== null, "other users are left alone");
    },
  },
  {
    name: "ending a session that is another user's, or nobody's, is 404 and ends nothing",
    async check(subject) {
      const [owner, second, attacker] = [subject.browser(), subject.browser(), subject.browser()];
      const account = subject.newMember();
      const theirs = await logIn(owner, account);
      const also = await logIn(second, account);
      await logIn(attacker, subject.member);
      const [form] = await revokeForms(owner);
      const token = await csrfHeader(attacker);
      const ids = [also, theirs].map((cookie) => /=([^.]+)/.exec(cookie)?.[1] ?? "");
      const made = [
        "A".repeat(24),
        "x",
        "__proto__",
        "..%2f..%2fx",
        "*",
        "%25",
        "%00",
        "session:x",
      ];
      const paths = [...ids, ...made].map((id) => `${PATH}/${id}/revoke`);
      for (const path of [form?.action ?? "", ...paths]) {
        const answer = await attacker.send("POST", path, { headers: token });
        expectStatus(answer, 404, `POST ${path}`);
      }
      expectEqual(await whoIs(owner, theirs), account.user, "who is logged in");
      expectEqual(await whoIs(second, also), account.user, "who is logged in at the second");
    },
  },
  {
    name: "the address of a session is the connection's, unless a trusted proxy says another",
    async check(subject) {
      const claimed = "203.0.113.9";
      const headers = {
        "x-forwarded-for": claimed,
        "x-real-ip": claimed,
        forwarded: `for=${claimed}`,
      };
      const browser = subject.browser(headers);
      await logIn(browser, subject.newMember());
      const page = await browser.get(PATH);
      expectTrue(!page.text.includes(claimed), "an address that a visitor made up is not listed");
      await subject.withApp({ TRUST_PROXY: "1" }, async (app) => {
        // The proxy adds the address that it sees at the end.
        const behind = subject.browser({ "x-forwarded-for": `198.51.100.7, ${claimed}` }, app);
        await logIn(behind, subject.member);
        const { text } = await behind.get(PATH);
        expectTrue(text.includes(claimed), "the address that the proxy saw is listed");
        expectTrue(!text.includes("198.51.100.7"), "the one before it is not");
      });
    },
  },
  {
    name: "ending sessions needs a login and the CSRF token",
    async check(subject) {
      const account = subject.newMember();
      const [here, there] = [subject.browser(), subject.browser()];
      await logIn(here, account);
      await logIn(there, account);
      const [form] = await revokeForms(here);
      const action = form?.action ?? "";
      for (const path of [action, `${PATH}/revoke-others`]) {
        expectStatus(await here.postForm(path, {}), 403, `POST ${path} without a token`);
        const foreign = { "sec-fetch-site": "cross-site" };
        const forged = await here.postForm(path, form?.fields ?? {}, foreign);
        expectStatus(forged, 403, `POST ${path} from another site`);
        const nobody = subject.browser();
        const answer = await nobody.send("POST", path, { headers: await csrfHeader(nobody) });
        expectStatus(answer, 401, `POST ${path}, not logged in`);
        expectTrue((await here.get(path)).status >= 400, `GET ${path} ends nothing`);
      }
      expectEqual(await whoIs(there), account.user, "who is logged in there");
    },
  },
];

/** The rows of the list. */
function rowsOf(html: string): string[] {
  const body = /<tbody\b[\s\S]*?<\/tbody>/i.exec(html)?.[0] ?? "";
  return [...body.matchAll(/<tr\b[\s\S]*?<\/tr>/gi)].map(([row]) => row);
}

async function revokeForms(browser: Browser): Promise<PageForm[]> {
  const page = await browser.get(PATH);
  expectStatus(page, 200, PATH);
  return formsOf(page.text).filter(({ action }) => action.endsWith("/revoke"));
}
