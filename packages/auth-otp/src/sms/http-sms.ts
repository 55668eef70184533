// Short messages through any provider that takes an HTTP request.

import { postRequest, requireUrl } from "./post-request.ts";
import { SmsError, type SmsMessage, type SmsService } from "./sms-service.ts";

export interface HttpSmsOptions {
  /** Where the request goes. A function puts the message into the query, as some providers want. */
  url: string | ((message: SmsMessage) => string);
  /** Default `POST`. */
  method?: "POST" | "PUT" | "GET";
  headers?: Readonly<Record<string, string>>;
  /** A form (`URLSearchParams`), or anything else, which is sent as JSON. Default: the message. */
  body?: (message: SmsMessage) => unknown;
  /** Whether the body of a 2xx answer says that the message was taken. Default: always. */
  isTaken?: (answer: string) => boolean;
  /** Milliseconds. Default 10,000. */
  timeoutMs?: number;
}

/**
 * @throws {TypeError} When an option is wrong.
 * @example
 * const service = httpSms({
 *   url: "https://sms.example/v2/messages",
 *   headers: { authorization: `Bearer ${process.env["SMS_TOKEN"]}` },
 *   body: ({ to, text }) => ({ recipients: [to], content: text }),
 * });
 */
export function httpSms(options: HttpSmsOptions): SmsService {
  const { url, method = "POST", headers = {}, isTaken = () => true, timeoutMs = 10_000 } = options;
  const { body = (message: SmsMessage) => message } = options;
  if (typeof url === "string") requireUrl("url", url);
  else if (typeof url !== "function") throw new TypeError("url must be a URL or a function");
  return {
    async send(message) {
      const content = method === "GET" ? undefined : body(message);
      const isForm = content instanceof URLSearchParams;
      const answer = await postRequest({
        url: typeof url === "string" ? url : url(message),
        method,
        headers: isForm || method === "GET" ? headers : { ...json, ...headers },
        timeoutMs,
        ...(content === undefined ? {} : { body: isForm ? content : JSON.stringify(content) }),
      });
      if (isTaken(answer)) return;
      throw new SmsError("ERR_SMS_REFUSED", "the SMS provider did not take the message");
    },
  };
}

const json = { "content-type": "application/json" };
