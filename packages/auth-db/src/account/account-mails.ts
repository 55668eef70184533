// What the mails say unless the application says it better.

import { type MailTemplateOptions, type MailValues, mailTemplate } from "@latchkey/mail";
import type { AccountSettings } from "./account-options.ts";

type Kind = "forgot" | "signup" | "taken" | "inUse" | "confirm" | "notice";

/** Sends one mail of this kind. */
export type SendMail = (to: string, values: MailValues) => Promise<void>;

/** @throws {TypeError} Naming the option. */
export function accountMail(
  { mailer, from }: Pick<AccountSettings, "mailer" | "from">,
  kind: Kind,
  options: MailTemplateOptions = {},
): SendMail {
  const { required, ...defaults } = mails[kind];
  const fill = mailTemplate(options, defaults, required);
  return async (to, values) => {
    await mailer.send({ to, ...fill(values), ...(from === null ? {} : { from }) });
  };
}

const ignore = "If it was not you who asked for this, you can ignore this mail: nothing changes.";

function linkMail(subject: string, says: string, link: string, does: string) {
  return {
    subject,
    text: `${says}\n\n${does}:\n{${link}}\n\nThe link is valid for {minutes} minutes.\n${ignore}\n`,
    html: `<p>${says}</p>
<p><a href="{${link}}">${does}</a></p>
<p>The link is valid for {minutes} minutes. ${ignore}</p>
`,
    required: [link],
  };
}

const mails = {
  forgot: linkMail(
    "Set a new password",
    "Somebody asked for a new password for the account {user}.",
    "reset_url",
    "Set a new password",
  ),
  signup: linkMail(
    "Finish signing up",
    // Without the name: it is a stranger's text, and this may be anybody's mailbox.
    "Somebody asked for an account with this address.",
    "reset_url",
    "Choose a password",
  ),
  confirm: linkMail(
    "Confirm your new address",
    "This is to become the address of the account {user}.",
    "confirm_url",
    "Confirm the address",
  ),
  taken: {
    subject: "You asked for an account",
    text: `Somebody asked for an account with this address, but there is one with the same name or address
already. If it is yours, log in there, or ask for a new password:
{login_url}

If it is not, sign up with another name. ${ignore}
`,
    required: [],
  },
  inUse: {
    subject: "Your address was given to us",
    text: `Somebody wanted to use this address for their account, but it belongs to another one already.
Log in there: {login_url}

${ignore}
`,
    required: [],
  },
  notice: {
    subject: "Your account was changed",
    text: `The {what} of the account {user} was changed.

If it was not you, tell the people who run the site at once.
`,
    required: [],
  },
} satisfies Record<Kind, { subject: string; text: string; html?: string; required: string[] }>;
