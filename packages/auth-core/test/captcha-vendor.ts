// A captcha vendor's server that speaks the protocol of all three: tokens are given out by the test,
// each is good once.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export const SECRET = "the secret of the site";

/** What the vendor knows of a token. */
export interface Solved {
  hostname?: string;
  action?: string;
  score?: number;
}

export interface CaptchaVendor {
  url: string;
  /** The forms that it was sent. */
  asked: Record<string, string>[];
  /** A person solves it. */
  solve(solved?: Solved): string;
  /** How it answers from now on: as it should, or not. */
  fail(how: "status" | "text" | "null" | "redirect" | "hang" | "error" | null, code?: string): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startCaptchaVendor(): Promise<CaptchaVendor> {
  const tokens = new Map<string, Solved>();
  const asked: Record<string, string>[] = [];
  let [failure, errorCode]: [string | null, string] = [null, ""];

  const server = createServer(async (req, res) => {
    const form = Object.fromEntries(new URLSearchParams(await text(req)));
    asked.push(form);
    const say = (answer: unknown) =>
      res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    const no = (code: string) => say({ success: false, "error-codes": [code] });
    switch (failure) {
      case "status":
        return void res.writeHead(500).end("{}");
      case "text":
        return void res.end("<h1>Down for maintenance</h1>");
      case "null":
        return void say(null);
      case "redirect":
        if (req.url === "/elsewhere")
          return void say({ success: true, hostname: "app.example", action: "login", score: 1 });
        return void res.writeHead(307, { location: "/elsewhere" }).end();
      case "hang":
        return;
      case "error":
        return void no(errorCode);
    }
    if (req.method !== "POST") return void no("bad-request");
    if (form["secret"] !== SECRET) return void no("invalid-input-secret");
    const solved = tokens.get(form["response"] ?? "");
    if (solved === undefined) return void no("invalid-input-response");
    tokens.delete(form["response"] ?? "");
    say({ success: true, challenge_ts: new Date().toISOString(), ...solved });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === "object" ? address?.port : 0;

  return {
    url: `http://127.0.0.1:${port}/siteverify`,
    asked,
    solve(solved = {}) {
      const token = crypto.randomUUID();
      tokens.set(token, { hostname: "app.example", action: "login", score: 0.9, ...solved });
      return token;
    },
    fail(how, code = "") {
      [failure, errorCode] = [how, code];
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
