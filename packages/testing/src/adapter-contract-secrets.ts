// Nothing secret in what the app prints or answers, over everything that the other rules did.

import { expectEqual } from "./adapter-contract-expect.ts";
import { type AdapterRule, randomText } from "./adapter-contract-rule.ts";
import { csrfHeader, logIn, putData, submitLogout } from "./adapter-contract-steps.ts";

/** To be run last. */
export const secretRules: readonly AdapterRule[] = [
  {
    name: "no password, key or cookie signature is ever printed or answered",
    async check(subject) {
      const browser = subject.browser();
      const wrong = randomText();
      subject.secrets.add(wrong);
      await logIn(browser, subject.newMember());
      const token = await csrfHeader(browser);
      const headers = { ...token, "content-type": "application/json" };
      await putData(browser, "a", 1, token);
      // What goes wrong is what gets logged: bodies and cookies of requests that fail.
      const broken = `{"password":"${wrong}"`;
      await browser.send("POST", "/login", { headers, body: broken });
      await browser.send("PUT", "/api/session/data/a", { headers, body: broken });
      await submitLogout(browser);
      expectEqual(
        subject.secrets.foundIn(subject.shared.output()).length,
        0,
        "secrets in what the app printed",
      );
      expectEqual(subject.secrets.leaks, [], "answers that held a secret");
    },
  },
];
