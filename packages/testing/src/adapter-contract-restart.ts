// Stopping and starting again: nothing in flight is lost, keys can change, sessions go on.

import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { expectEqual, expectStatus, expectTrue } from "./adapter-contract-expect.ts";
import { type AdapterRule, randomText } from "./adapter-contract-rule.ts";
import { csrfHeader, logIn, putData, readSession, whoIs } from "./adapter-contract-steps.ts";

export const stopRules: readonly AdapterRule[] = [
  {
    name: "SIGTERM finishes what is in flight and ends with 0 within 5 s",
    waits: true,
    async check(subject) {
      await subject.withApp({}, async (app) => {
        const browser = subject.browser({}, app);
        await logIn(browser, subject.member);
        const headers = await csrfHeader(browser);
        const path = "/api/session/data/a?delay=1000";
        const slow = browser.sendJson("PUT", path, 1, headers);
        await sleep(200);
        const begin = performance.now();
        const ended = app.stop();
        expectStatus(await slow, 200, "the write that was in flight");
        expectEqual(await ended, 0, "exit code");
        const tookMs = performance.now() - begin;
        expectTrue(tookMs < 5_000, `it took ${Math.round(tookMs)} ms to end`);
      });
    },
  },
  {
    name: "a new key in front logs nobody out; without the old key everyone is anonymous, not an error",
    async check(subject) {
      const { persistent } = subject;
      const old = subject.sessionKey;
      const fresh = randomText(32);
      subject.secrets.add(fresh);
      let jar = "";
      const env = { STORE: await subject.newStore() };
      await subject.withApp(env, async (app) => {
        const browser = subject.browser({}, app);
        await logIn(browser, subject.member);
        await putData(browser, "a", 1, await csrfHeader(browser));
        jar = browser.jar.header();
      });
      await subject.withApp({ ...env, SESSION_KEYS: `${fresh},${old}` }, async (app) => {
        const browser = subject.browser({}, app);
        const user = await whoIs(browser, jar);
        if (persistent) expectEqual(user, subject.member.user, "who is logged in, old key second");
        await logIn(browser, subject.member);
        await putData(browser, "a", 2, await csrfHeader(browser));
        jar = `${jar}#${browser.jar.header()}`;
      });
      await subject.withApp({ ...env, SESSION_KEYS: fresh }, async (app) => {
        const browser = subject.browser({}, app);
        const [before = "", after = ""] = jar.split("#");
        expectEqual(await whoIs(browser, before), null, "who the old key's cookie stands for");
        const { data } = await readSession(browser, after);
        if (persistent) expectEqual(data["a"], 2, "the data of the new key's cookie");
      });
    },
  },
];

export const restartRules: readonly AdapterRule[] = [
  {
    name: "sessions survive a restart, before and after a login",
    async check(subject) {
      const env = { STORE: await subject.newStore() };
      const jars: string[] = [];
      await subject.withApp(env, async (app) => {
        for (const loggedIn of [false, true]) {
          const browser = subject.browser({}, app);
          if (loggedIn) await logIn(browser, subject.member);
          await putData(browser, "a", { loggedIn }, await csrfHeader(browser));
          jars.push(browser.jar.header());
        }
      });
      await subject.withApp(env, async (app) => {
        const browser = subject.browser({}, app);
        const [anonymous = "", member = ""] = jars;
        expectEqual((await readSession(browser, anonymous)).data["a"], { loggedIn: false }, "data");
        expectEqual((await readSession(browser, member)).data["a"], { loggedIn: true }, "data");
        expectEqual(await whoIs(browser, member), subject.member.user, "who is logged in");
      });
    },
  },
];
