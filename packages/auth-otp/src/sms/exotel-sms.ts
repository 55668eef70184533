// Short messages through Exotel.

import { basicAuth, memberOf, postRequest, requireText, requireUrl } from "./post-request.ts";
import { SmsError, type SmsService } from "./sms-service.ts";

export interface ExotelSmsOptions {
  /** Account SID. */
  sid: string;
  apiKey: string;
  token: string;
  /** ExoPhone or approved sender id. */
  sender: string;
  /** India: the entity registered for DLT, and the template of the message. */
  dltEntityId?: string;
  dltTemplateId?: string;
  /** Default `https://api.exotel.com`; accounts in Mumbai have `https://api.in.exotel.com`. */
  url?: string;
  /** Milliseconds. Default 10,000. */
  timeoutMs?: number;
}

/**
 * @throws {TypeError} When an option is wrong.
 * @see https://developer.exotel.com/docs/sms-api/api-reference/send-sms
 */
export function exotelSms(options: ExotelSmsOptions): SmsService {
  const { sid, apiKey, token, sender, dltEntityId, dltTemplateId } = options;
  const { url = "https://api.exotel.com", timeoutMs = 10_000 } = options;
  requireText({ ...options }, "sid", "apiKey", "token", "sender");
  requireUrl("url", url);
  const address = new URL(`/v1/Accounts/${encodeURIComponent(sid)}/Sms/send.json`, url).href;
  const headers = { authorization: basicAuth(apiKey, token) };
  return {
    async send({ to, text }) {
      const body = new URLSearchParams({ From: sender, To: to, Body: text });
      if (dltEntityId !== undefined) body.set("DltEntityId", dltEntityId);
      if (dltTemplateId !== undefined) body.set("DltTemplateId", dltTemplateId);
      const answer = await postRequest({ url: address, headers, body, timeoutMs });
      const status = memberOf(answer, "SMSMessage", "Status");
      // `queued` and what follows it; an answer of another shape is no receipt.
      if (typeof status === "string" && !/^(failed|failed-dnd|undelivered)$/.test(status)) return;
      throw new SmsError("ERR_SMS_REFUSED", "Exotel did not take the message");
    },
  };
}
