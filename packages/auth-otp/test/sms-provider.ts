// A server that speaks the protocols of Exotel and Twilio, as far as sending a message goes.

import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

interface SentSms {
  path: string;
  method: string;
  headers: IncomingMessage["headers"];
  body: string;
  form: Record<string, string>;
}

interface ProviderAnswer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

export interface SmsProvider {
  url: string;
  sent: SentSms[];
  /** Answers the next requests so, instead of as the provider would. */
  answer: ProviderAnswer | "hang" | null;
  stop(): Promise<void>;
}

export const exotelKeys = { sid: "field-notes", apiKey: "key", token: "a secret token" };
export const twilioKeys = { accountSid: "AC0123", authToken: "a secret token" };

export async function startSmsProvider(): Promise<SmsProvider> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const { url: path = "", method = "", headers } = request;
      const body = Buffer.concat(chunks).toString();
      const sms = {
        path,
        method,
        headers,
        body,
        form: Object.fromEntries(new URLSearchParams(body)),
      };
      provider.sent.push(sms);
      if (provider.answer === "hang") return;
      const {
        status,
        headers: more,
        body: text,
      }: ProviderAnswer = provider.answer ?? answerOf(sms);
      response.writeHead(status, { "content-type": "application/json", ...more });
      response.end(text);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const provider: SmsProvider = {
    url: `http://127.0.0.1:${port}`,
    sent: [],
    answer: null,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return provider;
}

function answerOf({ path, method, headers, form }: SentSms): { status: number; body: string } {
  const json = (status: number, value: unknown) => ({ status, body: JSON.stringify(value) });
  const credentials = Buffer.from(headers.authorization?.split(" ")[1] ?? "", "base64").toString();
  if (method === "POST" && path === `/v1/Accounts/${exotelKeys.sid}/Sms/send.json`) {
    if (credentials !== `${exotelKeys.apiKey}:${exotelKeys.token}`) {
      return json(401, { RestException: { Status: 401, Code: "UNAUTHORIZED" } });
    }
    if (!form["From"] || !form["To"] || !form["Body"]) return json(400, { RestException: {} });
    return json(200, { SMSMessage: { Sid: "1", To: form["To"], Status: "queued" } });
  }
  if (method === "POST" && path === `/2010-04-01/Accounts/${twilioKeys.accountSid}/Messages.json`) {
    if (credentials !== `${twilioKeys.accountSid}:${twilioKeys.authToken}`) {
      return json(401, { code: 20003, message: "Authenticate", status: 401 });
    }
    if (!(form["From"] || form["MessagingServiceSid"]) || !form["To"] || !form["Body"]) {
      return json(400, { code: 21603, message: "A 'From' is required", status: 400 });
    }
    return json(201, { sid: "SM1", to: form["To"], status: "queued", error_code: null });
  }
  return json(404, {});
}
