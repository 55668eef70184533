export { mailAddress } from "./mail-address.ts";
export { MailError, type MailErrorCode } from "./mail-error.ts";
export {
  type FilledMail,
  type MailTemplateOptions,
  type MailValues,
  mailTemplate,
} from "./mail-template.ts";
export type { Mailer, MailMessage } from "./mailer.ts";
export { checkSender } from "./sender.ts";
export { type MailTransport, type SmtpMailerOptions, smtpMailer } from "./smtp-mailer.ts";
