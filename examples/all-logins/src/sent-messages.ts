// The mails and text messages that were sent, as the mailbox page shows them: the oldest first.

import type { Neighbours } from "./neighbours.ts";
import type { SentMessage } from "./pages.ts";

export function sentMessages({ mailbox, gateway }: Neighbours): SentMessage[] {
  const mails = mailbox.mails.map(({ to, mail }) => ({
    to: to.join(", "),
    subject: mail.subject ?? "",
    text: mail.text ?? "",
    at: new Date(mail.date ?? Date.now()),
  }));
  const texts = gateway.messages.map((message) => ({ ...message, subject: "Text message" }));
  return [...mails, ...texts].toSorted((one, other) => one.at.getTime() - other.at.getTime());
}
