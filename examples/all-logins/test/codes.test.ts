// The login contract for one-time codes: real mails, read from a real mailbox, and messages that a
// gateway took.
import { setTimeout as sleep } from "node:timers/promises";
import { emailCodeLogin, httpSms, smsCodeLogin } from "@latchkey/auth-otp";
import { smtpMailer } from "@latchkey/mail";
import { memoryStore } from "@latchkey/store-memory";
import { type Browser, type LoginSubject, loginContract } from "@latchkey/testing";
import { startMailbox } from "@latchkey/tools/mailbox";
import { afterAll, describe, test } from "vitest";
import { startSmsGateway } from "../src/sms-gateway.ts";
import { filledIn, fillIn } from "./form-journey.ts";
import { type Framework, frameworks, type Host, serve } from "./hosts.ts";

const limits = { perAddressAndNetwork: 100, perAddress: 100 };

describe.each(frameworks)("codes, %s", (framework) => {
  describe("by e-mail", () => {
    loginContract({ test, after: afterAll, start: () => byMail(framework) });
  });
  describe("by SMS", () => {
    loginContract({ test, after: afterAll, start: () => bySms(framework) });
  });
});

async function byMail(framework: Framework): Promise<LoginSubject> {
  const mailbox = await startMailbox();
  const user = "ann@example.com";
  const method = emailCodeLogin({
    store: memoryStore(),
    mailer: smtpMailer(mailbox.url, { from: "app@example.com" }),
    accepts: (address) => address === user,
    limits,
  });
  return subject({
    host: await serve(framework, method),
    user,
    stranger: "eve@example.com",
    count: () => mailbox.mails.length,
    received: async (count) => (await mailbox.waitFor(user, count)).at(-1)?.mail.text ?? "",
    stop: () => mailbox.stop(),
  });
}

async function bySms(framework: Framework): Promise<LoginSubject> {
  const gateway = await startSmsGateway();
  const user = "+442079460000";
  const method = smsCodeLogin({
    store: memoryStore(),
    service: httpSms({ url: gateway.url }),
    accepts: (number) => number === user,
    limits,
  });
  return subject({
    host: await serve(framework, method),
    user,
    stranger: "+442079460009",
    count: () => gateway.messages.length,
    async received(count) {
      while (gateway.messages.length < count) await sleep(5);
      return gateway.messages.at(-1)?.text ?? "";
    },
    stop: () => gateway.stop(),
  });
}

interface CodeSubject {
  host: Host;
  user: string;
  /** Who gets no message. */
  stranger: string;
  /** How many messages there are. */
  count(): number;
  /** The newest, once there are so many. */
  received(count: number): Promise<string>;
  stop(): Promise<void>;
}

function subject({ host, user, stranger, count, received, stop }: CodeSubject): LoginSubject {
  const codes: string[] = [];

  async function guess(
    browser: Browser,
    address: string,
    query: string,
    code: () => Promise<string>,
  ) {
    const asked = await fillIn(browser, `/login${query}`, { user: address });
    const page = await browser.postForm(asked.path, asked.fields ?? {});
    return filledIn(page.text, asked.path, { password: await code() });
  }

  return {
    url: host.url,
    events: host.events,
    userId: user,
    begin(browser, query) {
      const before = count();
      return guess(browser, user, query, async () => {
        const code = /\b\d{6}\b/.exec(await received(before + 1))?.[0] ?? "no code";
        codes.push(code);
        return code;
      });
    },
    failures: Object.fromEntries(
      [user, stranger].map((address) => [
        address,
        (browser) => guess(browser, address, "", async () => "000000"),
      ]),
    ),
    secrets: () => codes,
    async stop() {
      await host.stop();
      await stop();
    },
  };
}
