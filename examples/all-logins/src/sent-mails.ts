// The mails of the mailbox, as its page shows them.

import type { Mailbox } from "@latchkey/tools/mailbox";
import type { SentMessage } from "./pages.ts";

export function sentMails({ mails }: Pick<Mailbox, "mails">): SentMessage[] {
  return mails.map(({ to, mail }) => ({
    to: to.join(", "),
    subject: mail.subject ?? "",
    text: mail.text ?? "",
    at: new Date(mail.date ?? Date.now()),
  }));
}
