// How a forgotten password is set anew, for the login contract: by a mail that is only kept.

import { setTimeout as sleep } from "node:timers/promises";
import type { Mailer, MailMessage } from "@latchkey/mail";
import type { ResetJourney } from "@latchkey/testing";
import { fillIn } from "./form-journey.ts";

interface Account {
  user: string;
  password: string;
  email: string;
}

/** A journey, and the mailer that its login must be given. */
export function resetJourney(account: Account): ResetJourney & { mailer: Mailer } {
  const mails: MailMessage[] = [];
  return {
    mailer: { send: async (mail) => void mails.push(mail) },
    userId: account.user,
    begin: (browser, password) =>
      fillIn(browser, "/login", {
        user: account.user,
        password: password ?? account.password,
      }),
    async ask(browser) {
      const { path, fields } = await fillIn(browser, "/login?forgot", { email: account.email });
      const before = mails.length;
      await browser.postForm(path, fields ?? {});
      for (let waited = 0; mails.length === before && waited < 5_000; waited += 20) await sleep(20);
      const [link = ""] = /https?:\/\/\S+/.exec(mails.at(-1)?.text ?? "") ?? [];
      const { pathname, search } = new URL(link);
      return pathname + search;
    },
    fill: (browser, link, password) => fillIn(browser, link, { password }),
  };
}
