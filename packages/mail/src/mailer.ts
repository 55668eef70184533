// What everything that sends mail is given. Another way than SMTP is another object of this shape.

/** One mail to one person. */
export interface MailMessage {
  /** One address, e.g. `ann@example.com`. */
  to: string;
  subject: string;
  text: string;
  html?: string;
  /** Another sender than the mailer's own: an address, or `Name <address>`. */
  from?: string;
}

/** Sends mail. */
export interface Mailer {
  /** Resolves once a server has taken the mail. Rejects otherwise, best with a {@link MailError}. */
  send(message: MailMessage): Promise<void>;
}
