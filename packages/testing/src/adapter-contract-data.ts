// The session's data over the API: kept, merged, never half.

import type { Browser } from "./adapter-contract-browser.ts";
import { expectEqual, expectStatus, expectTrue } from "./adapter-contract-expect.ts";
import type { Account, AdapterRule, AdapterSubject } from "./adapter-contract-rule.ts";
import {
  csrfHeader,
  logIn,
  putData,
  readSession,
  sessionCookie,
  submitLogout,
  whoIs,
} from "./adapter-contract-steps.ts";

export const dataRules: readonly AdapterRule[] = [
  {
    name: "every kind of JSON value comes back as it went in, without and with a login",
    async check(subject) {
      const browser = subject.browser();
      const values = {
        ...{ text: "ä\u0000\u2028😀</script>", number: -1.5e300, zero: 0, yes: true, no: false },
        ...{ nothing: null, list: [1, [2, null], {}], object: { a: { b: [] } }, empty: "" },
      };
      for (const loggedIn of [false, true]) {
        if (loggedIn) await logIn(browser, subject.newMember());
        const token = await csrfHeader(browser);
        for (const [key, value] of Object.entries(values)) {
          expectStatus(await putData(browser, key, value, token), 200, `PUT of ${key}`);
        }
        expectEqual((await readSession(browser)).data, values, "the data");
      }
    },
  },
  {
    name: "a session tells when it was made, last seen and when it ends",
    async check(subject) {
      const browser = subject.browser();
      const begin = Date.now();
      await putData(browser, "a", 1, await csrfHeader(browser));
      const { createdAt, lastSeenAt, expiresAt } = await readSession(browser);
      const near = (time: number): boolean => time >= begin - 50 && time <= Date.now() + 50;
      expectTrue(near(createdAt), `createdAt ${createdAt} is now`);
      expectTrue(near(lastSeenAt), `lastSeenAt ${lastSeenAt} is now`);
      const days = (expiresAt - createdAt) / 86_400_000;
      expectTrue(Math.abs(days - 30) < 0.01, `it lasts 30 days unless LIFETIME says else: ${days}`);
    },
  },
  {
    name: "DELETE takes away one key; what isn't there may go, too",
    async check(subject) {
      const browser = subject.browser();
      const headers = await csrfHeader(browser);
      await putData(browser, "a", 1, headers);
      await putData(browser, "b", 2, headers);
      for (const key of ["a", "a", "never"]) {
        const answer = await browser.send("DELETE", `/api/session/data/${key}`, { headers });
        expectStatus(answer, [200, 204], `DELETE of ${key}`);
      }
      expectEqual((await readSession(browser)).data, { b: 2 }, "what is left");
    },
  },
  {
    name: "10 parallel slow writes of different keys are all kept",
    async check(subject) {
      const browser = await startedBrowser(subject.browser());
      const headers = await csrfHeader(browser);
      const keys = Array.from({ length: 10 }, (_, index) => `key-${index}`);
      const answers = await Promise.all(
        keys.map((key) =>
          browser.sendJson("PUT", `/api/session/data/${key}?delay=50`, key, headers),
        ),
      );
      for (const answer of answers) expectStatus(answer, 200, "a parallel write");
      const { data } = await readSession(browser);
      expectEqual(
        keys.filter((key) => data[key] !== key),
        [],
        "keys that are lost",
      );
    },
  },
  {
    name: "20 parallel increments count to exactly 20",
    async check(subject) {
      const browser = await startedBrowser(subject.browser());
      const headers = await csrfHeader(browser);
      const path = "/api/session/data/n/increment?delay=20";
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => browser.sendJson("POST", path, {}, headers)),
      );
      for (const answer of answers) expectStatus(answer, 200, "an increment");
      const told = answers.map((answer) => Number(answer.json())).sort((a, b) => a - b);
      expectEqual(
        told,
        Array.from({ length: 20 }, (_, index) => index + 1),
        "the numbers told",
      );
      expectEqual((await readSession(browser)).data["n"], 20, "the number stored");
    },
  },
  {
    name: "a slow write that a logout or login overtakes is refused and brings nothing back",
    waits: true,
    async check(subject) {
      await Promise.all([
        overtake(subject, submitLogout),
        overtake(subject, (browser, account) => logIn(browser, account)),
      ]);
    },
  },
];

/** With a session, which the first write begins. */
async function startedBrowser(browser: Browser): Promise<Browser> {
  await putData(browser, "begun", true, await csrfHeader(browser));
  sessionCookie(browser);
  return browser;
}

/** A slow write is under way when the session's cookie changes. */
async function overtake(
  subject: AdapterSubject,
  end: (browser: Browser, account: Account) => Promise<unknown>,
): Promise<void> {
  const browser = subject.browser();
  const account = subject.newMember();
  const cookie = await logIn(browser, account);
  const headers = await csrfHeader(browser);
  const late = browser.sendJson("PUT", "/api/session/data/a?delay=1500", 1, headers);
  await end(browser, account);
  const after = browser.jar.header();
  const answer = await late;
  expectStatus(answer, 401, "the write that was overtaken");
  expectEqual(answer.setCookies, [], "cookies of the refusal");
  expectEqual(await whoIs(browser, cookie), null, "who the old cookie stands for");
  expectEqual((await readSession(browser, cookie)).data, {}, "what the old cookie reads");
  expectEqual((await readSession(browser, after)).data, {}, "what the new cookie reads");
}
