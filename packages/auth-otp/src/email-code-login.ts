// Logging in with a code or a link that comes by e-mail.

import type { LoginMethod } from "@latchkey/auth-core";
import {
  checkSender,
  type Mailer,
  type MailTemplateOptions,
  mailAddress,
  mailTemplate,
} from "@latchkey/mail";
import { createCodeLogin } from "./code-login.ts";
import { type CodeLoginOptions, readCodeOptions } from "./code-login-options.ts";

export interface EmailCodeLoginOptions extends CodeLoginOptions, MailTemplateOptions {
  /** Sends the mails, e.g. `smtpMailer("smtp://localhost", { from: "app@example.com" })`. */
  mailer: Mailer;
  /** Default `email`. */
  name?: string;
  /** Another sender than the mailer's own. */
  from?: string;
  /**
   * Address of this login page as browsers see it, e.g. `https://app.example/login`: what links in
   * mails begin with. Without it mails have no link.
   */
  url?: string;
  /**
   * Whether opening the link logs in at once, with no button to press. Programs that open links by
   * themselves then use them up. Default `false`.
   */
  instantLogin?: boolean;
  /**
   * Whether code and link also work in another browser than the one that asked. Weaker: whoever gets
   * hold of the mail is logged in, and whoever can be talked into pressing the button of a mail that
   * a stranger asked for is logged in as that stranger. Default `false`.
   */
  anyBrowser?: boolean;
}

export interface EmailUser {
  /** The address in lower case. */
  id: string;
  /** The same. */
  email: string;
  /** What is behind the `@`. */
  hd: string;
}

/**
 * Logs in whoever can read the mail to an address. There is no password, and no list of users unless
 * `accepts` looks into one.
 *
 * @throws {TypeError} When an option is wrong.
 * @example
 * const login = emailCodeLogin({ store, mailer, url: "https://app.example/login" });
 */
export function emailCodeLogin(options: EmailCodeLoginOptions): LoginMethod<EmailUser> {
  const { mailer, name = "email", from, url, instantLogin = false, anyBrowser = false } = options;
  const settings = readCodeOptions(options);
  if (typeof mailer?.send !== "function") throw new TypeError("mailer must have a send method");
  if (from !== undefined) checkSender(from);
  if (url === undefined && (instantLogin || anyBrowser)) {
    throw new TypeError("instantLogin and anyBrowser are for links: set url");
  }
  if (instantLogin && anyBrowser) {
    // Another site could log its visitors in as somebody else, by a bare link.
    throw new TypeError("instantLogin and anyBrowser don't go together: one of them only");
  }
  const link = url === undefined ? null : { url, instant: instantLogin, anyBrowser };
  if (url !== undefined) requireLoginUrl(url);
  const fill = mailTemplate(options, url === undefined ? codeMail : linkMail, ["code", "link"]);
  // A body of one's own may ask for what there is not: better said now than at the first login.
  fill({ user: "", code: "", minutes: 0, ...(link && { link: "" }) });

  return createCodeLogin<EmailUser>(settings, {
    name,
    link,
    field: { label: "E-mail address", type: "email", autocomplete: "email" },
    wrongAddress: "Please give a valid e-mail address.",
    // One account per mailbox: no provider tells addresses apart by case.
    read: (typed) => mailAddress(typed.trim())?.toLowerCase() ?? null,
    user: (address) => ({ id: address, email: address, hd: address.split("@")[1] ?? "" }),
    async send({ address, code, link, minutes }) {
      const values = { user: address, code, minutes, ...(link === null ? {} : { link }) };
      await mailer.send({ to: address, ...fill(values), ...(from === undefined ? {} : { from }) });
    },
  });
}

function requireLoginUrl(url: string): void {
  const { protocol, hash = "" } = URL.canParse(url) ? new URL(url) : { protocol: "" };
  if (!/^https?:$/.test(protocol) || hash !== "") {
    throw new TypeError("url must be the address of the login page, with https:// or http://");
  }
}

const codeMail = {
  subject: "Your login code",
  text: `Your code is {code}

It is valid for {minutes} minutes, in the browser in which you asked for it.
If it was not you who asked for it, you can ignore this mail. Don't give the code to anybody.
`,
};

const linkMail = {
  subject: codeMail.subject,
  text: `${codeMail.text}
Instead of typing the code you can open this link in the same browser:
{link}
`,
  html: `<p>Your code is <strong>{code}</strong></p>
<p>It is valid for {minutes} minutes, in the browser in which you asked for it. Instead of typing it you can
<a href="{link}">log in by this link</a> in the same browser.</p>
<p>If it was not you who asked for it, you can ignore this mail. Don’t give the code to anybody.</p>
`,
};
