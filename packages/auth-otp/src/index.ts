export type { CodeLoginOptions } from "./code-login-options.ts";
export { type EmailCodeLoginOptions, type EmailUser, emailCodeLogin } from "./email-code-login.ts";
export { type ExotelSmsOptions, exotelSms } from "./sms/exotel-sms.ts";
export { type HttpSmsOptions, httpSms } from "./sms/http-sms.ts";
export {
  SmsError,
  type SmsErrorCode,
  type SmsMessage,
  type SmsService,
} from "./sms/sms-service.ts";
export { type TwilioSmsOptions, twilioSms } from "./sms/twilio-sms.ts";
export { type SmsCodeLoginOptions, type SmsUser, smsCodeLogin } from "./sms-code-login.ts";
