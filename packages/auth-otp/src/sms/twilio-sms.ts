// Short messages through Twilio.

import { basicAuth, memberOf, postRequest, requireText, requireUrl } from "./post-request.ts";
import { SmsError, type SmsService } from "./sms-service.ts";

export interface TwilioSmsOptions {
  accountSid: string;
  authToken: string;
  /** An API key instead of the account's own token: its SID; `authToken` is then its secret. */
  apiKeySid?: string;
  /** A number or sender id of the account, or a messaging service (`MG…`). */
  sender: string;
  /** Default `https://api.twilio.com`. */
  url?: string;
  /** Milliseconds. Default 10,000. */
  timeoutMs?: number;
}

/**
 * @throws {TypeError} When an option is wrong.
 * @see https://www.twilio.com/docs/messaging/api/message-resource
 */
export function twilioSms(options: TwilioSmsOptions): SmsService {
  const { accountSid, authToken, apiKeySid = accountSid, sender } = options;
  const { url = "https://api.twilio.com", timeoutMs = 10_000 } = options;
  requireText({ ...options }, "accountSid", "authToken", "sender");
  requireUrl("url", url);
  const path = `/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`;
  const address = new URL(path, url).href;
  const headers = { authorization: basicAuth(apiKeySid, authToken) };
  const senderField = /^MG[0-9a-f]{32}$/i.test(sender) ? "MessagingServiceSid" : "From";
  return {
    async send({ to, text }) {
      const body = new URLSearchParams({ To: to, [senderField]: sender, Body: text });
      const answer = await postRequest({ url: address, headers, body, timeoutMs });
      const status = memberOf(answer, "status");
      if (typeof status === "string" && !/^(failed|undelivered|canceled)$/.test(status)) return;
      throw new SmsError("ERR_SMS_REFUSED", "Twilio did not take the message");
    },
  };
}
