// For the tests of one file: logins by codes that are mailed, and the mailbox that gets them.

import { smtpMailer } from "@latchkey/mail";
import { startMailbox } from "@latchkey/tools/mailbox";
import { afterAll, afterEach } from "vitest";
import type { EmailCodeLoginOptions } from "../src/index.ts";
import { type CodeApp, codeApp } from "./code-app.ts";

/** Refuses mails to nobody. */
export const mailbox = await startMailbox({
  refuse: (to) => (to.startsWith("nobody@") ? 550 : null),
});
afterAll(() => mailbox.stop());
afterEach(() => mailbox.clear());

const from = "Field Notes <app@example.com>";
export const ann = "ann@example.org";
export const html = { accept: "text/html" };

export function appOf(options: Partial<EmailCodeLoginOptions> = {}, flowOptions = {}): CodeApp {
  return codeApp({ mailer: smtpMailer(mailbox.url, { from }), ...options }, flowOptions);
}

/** The code and the link of the last mail. */
export async function received(
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
export function wrongOf(code: string): string {
  return String((Number(code) + 1) % 10 ** code.length).padStart(code.length, "0");
}
