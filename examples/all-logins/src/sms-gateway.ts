// A provider of short messages that keeps them instead of sending them: it takes JSON by POST.

import { once } from "node:events";
import { createServer } from "node:http";

export interface SmsGateway {
  url: string;
  /** The oldest first. */
  readonly messages: readonly { to: string; text: string; at: Date }[];
  stop(): Promise<void>;
}

export async function startSmsGateway(): Promise<SmsGateway> {
  const messages: { to: string; text: string; at: Date }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const { to, text }: { to?: unknown; text?: unknown } = Object(parse(body));
    const taken = typeof to === "string" && typeof text === "string";
    if (taken) messages.push({ to, text, at: new Date() });
    response.writeHead(taken ? 202 : 400).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no address");
  return {
    url: `http://127.0.0.1:${address.port}/messages`,
    messages,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
