// Sends mail by SMTP, through nodemailer.

import type { SendMailOptions, Transporter } from "nodemailer";
import type { Options as SmtpOptions } from "nodemailer/lib/smtp-transport";
import { mailAddress } from "./mail-address.ts";
import { MailError } from "./mail-error.ts";
import type { Mailer, MailMessage } from "./mailer.ts";
import { readSender, type Sender } from "./sender.ts";

export interface SmtpMailerOptions {
  /** Who mails come from: an address, or `Name <address>`. */
  from: string;
  /** How long sending one mail may take, in milliseconds. Default 10,000. */
  timeoutMs?: number;
}

/** A transport of nodemailer, of any kind. */
export type MailTransport = Pick<Transporter, "sendMail">;

/**
 * A mailer over SMTP.
 *
 * @param server A URL such as `smtps://user:password@mail.example.com`, nodemailer's SMTP settings,
 * or a transport that you made by its `createTransport`.
 * @throws {TypeError} When an option is wrong.
 * @example
 * const mailer = smtpMailer(process.env["SMTP_URL"] ?? "", { from: "App <app@example.com>" });
 */
export function smtpMailer(
  server: string | SmtpOptions | MailTransport,
  options: SmtpMailerOptions,
): Mailer {
  const { timeoutMs = 10_000 } = options;
  const ownSender = readSender(options.from);
  if (ownSender === null) {
    throw new TypeError("from must be 'address' or 'Name <address>'");
  }
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1) {
    throw new TypeError("timeoutMs must be a whole number of milliseconds");
  }
  const sender: Sender = ownSender;
  const open = opener(server, timeoutMs);

  return {
    async send(message) {
      const mail = checked(message, sender);
      const sent = open().then((transport) => transport.sendMail(mail));
      await withinTime(sent, timeoutMs);
    },
  };
}

/** Nodemailer is loaded by the first mail that needs it. */
function opener(
  server: string | SmtpOptions | MailTransport,
  timeoutMs: number,
): () => Promise<MailTransport> {
  if (typeof server === "object" && isTransport(server)) return async () => server;
  const settings = smtpSettings(server);
  const limits = {
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
  };
  let opened: Promise<MailTransport> | null = null;
  return () => {
    opened ??= loadNodemailer().then(({ createTransport }) =>
      createTransport({ ...limits, ...settings }),
    );
    return opened;
  };
}

async function loadNodemailer(): Promise<Pick<typeof import("nodemailer"), "createTransport">> {
  try {
    return await import("nodemailer");
  } catch (cause) {
    throw new MailError("ERR_MAIL_UNAVAILABLE", "install the package nodemailer", { cause });
  }
}

function isTransport(server: SmtpOptions | MailTransport): server is MailTransport {
  return "sendMail" in server && typeof server.sendMail === "function";
}

function smtpSettings(server: string | SmtpOptions): SmtpOptions {
  if (typeof server === "object" && server !== null) return server;
  if (!/^smtps?:\/\/[^/]/.test(server) || !URL.canParse(server)) {
    throw new TypeError("server must be an smtp:// or smtps:// URL, SMTP settings or a transport");
  }
  return { url: server };
}

/** Addresses as objects: nodemailer never has to guess where one begins in a text. */
function checked(message: MailMessage, own: Sender): SendMailOptions {
  const from = message.from === undefined ? own : readSender(message.from);
  const to = mailAddress(message.to);
  if (from === null) throw new MailError("ERR_MAIL_MESSAGE", "the sender is no mail address");
  if (to === null) throw new MailError("ERR_MAIL_MESSAGE", "the recipient is no mail address");
  if (typeof message.subject !== "string" || /[\p{Cc}\u2028\u2029]/u.test(message.subject)) {
    throw new MailError("ERR_MAIL_MESSAGE", "the subject must be one line of text");
  }
  if (typeof message.text !== "string") {
    throw new MailError("ERR_MAIL_MESSAGE", "the mail has no text");
  }
  return {
    from,
    to: { name: "", address: to },
    envelope: { from: from.address, to: [to] },
    subject: message.subject,
    text: message.text,
    ...(message.html === undefined ? {} : { html: message.html }),
    // RFC 3834 §5: no out-of-office replies to a program.
    headers: { "Auto-Submitted": "auto-generated" },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

async function withinTime(sent: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new MailError("ERR_MAIL_UNAVAILABLE", `no answer within ${timeoutMs} ms`);
    timer = setTimeout(() => reject(error), timeoutMs);
  });
  try {
    await Promise.race([sent, late]);
  } catch (error) {
    throw asMailError(error);
  } finally {
    clearTimeout(timer);
  }
}

/** What the server said may quote the mail: it is in `cause` only. */
function asMailError(cause: unknown): MailError {
  if (cause instanceof MailError) return cause;
  const status =
    typeof cause === "object" && cause !== null && "responseCode" in cause
      ? Number(cause.responseCode)
      : 0;
  return status >= 500
    ? new MailError("ERR_MAIL_REFUSED", `the mail server refused the mail (${status})`, { cause })
    : new MailError("ERR_MAIL_UNAVAILABLE", "the mail server could not take the mail", { cause });
}
