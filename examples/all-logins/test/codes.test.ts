// The login contract for one-time codes by e-mail: real mails, read from a real mailbox.
import { emailCodeLogin } from "@latchkey/auth-otp";
import { smtpMailer } from "@latchkey/mail";
import { memoryStore } from "@latchkey/store-memory";
import type { LoginSubject } from "@latchkey/testing";
import { loginContract } from "@latchkey/testing";
import { startMailbox } from "@latchkey/tools/mailbox";
import { afterAll, describe, test } from "vitest";
import { filledIn, fillIn } from "./form-journey.ts";
import { type Framework, frameworks, serve } from "./hosts.ts";

const user = "ann@example.com";
const stranger = "eve@example.com";

describe.each(frameworks)("codes by e-mail, %s", (framework) => {
  loginContract({ test, after: afterAll, start: () => subject(framework) });
});

async function subject(framework: Framework): Promise<LoginSubject> {
  const mailbox = await startMailbox();
  const mailer = smtpMailer(mailbox.url, { from: "app@example.com" });
  const method = emailCodeLogin({
    store: memoryStore(),
    mailer,
    accepts: (address) => address === user,
    limits: { perAddressAndNetwork: 100, perAddress: 100 },
  });
  const { url, events, stop } = await serve(framework, method);
  const codes: string[] = [];

  return {
    url,
    events,
    userId: user,
    async begin(browser, query) {
      const count = mailbox.mails.length;
      const asked = await fillIn(browser, `/login${query}`, { user });
      const page = await browser.postForm(asked.path, asked.fields ?? {});
      const mails = await mailbox.waitFor(user, count + 1);
      const code = /\b\d{6}\b/.exec(mails.at(-1)?.mail.text ?? "")?.[0] ?? "no code";
      codes.push(code);
      return filledIn(page.text, asked.path, { password: code });
    },
    failures: Object.fromEntries(
      [user, stranger].map((address) => [
        address,
        async (browser) => {
          const asked = await fillIn(browser, "/login", { user: address });
          const page = await browser.postForm(asked.path, asked.fields ?? {});
          return filledIn(page.text, asked.path, { password: "000000" });
        },
      ]),
    ),
    secrets: () => codes,
    async stop() {
      await stop();
      await mailbox.stop();
    },
  };
}
