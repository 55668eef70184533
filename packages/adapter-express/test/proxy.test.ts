// What the application may believe of the client: Express's own trusted-proxy rule (S3, row 18).

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { LoginRefusal } from "@latchkey/auth-core";
import express from "express";
import { expect, it, onTestFinished } from "vitest";
import { login } from "../../adapter-node/test/shared/site-parts.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

const forwarded = { "x-forwarded-proto": "https", "x-forwarded-host": "app.example.com" };

async function behind(trust: string | false) {
  const auth = setUp();
  const app = express();
  app.set("trust proxy", trust);
  app.use(auth.session);
  app.get("/", (req, res) => {
    auth.sessionOf(req).data["a"] = 1;
    res.send("ok");
  });
  return serve(app);
}

it("row 18: behind a trusted https proxy the cookie is Secure and truly __Host-", async () => {
  const { fetch } = await behind("loopback");
  const { setCookies } = await fetch("/", { headers: forwarded });
  expect(setCookies[0]).toMatch(
    /^__Host-sid=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; Secure; SameSite=Lax$/,
  );
});

it("a forwarded protocol from nobody in particular is not believed", async () => {
  const { fetch } = await behind(false);
  const { setCookies } = await fetch("/", { headers: forwarded });
  expect(setCookies[0]).toMatch(/^sid=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
});

it("an IPv4 address is plain where the server listens on IPv6 as well", async () => {
  const auth = setUp();
  const app = express();
  const prepare = (fields: Record<string, string>, { exchange }: { exchange: { ip: string } }) =>
    exchange.ip.startsWith("127.") ? fields : new LoginRefusal("From this machine only.");
  app.use(auth.session);
  app.use("/login", auth.login(login, { prepare }));
  const server = createServer(app);
  const port = await new Promise<number>((resolve) => {
    server.listen(0, () => resolve(portOf(server.address())));
  });
  onTestFinished(() => void server.close());
  const answer = await fetch(`http://127.0.0.1:${port}/login`);
  expect(answer.status).toBe(200);
});

function portOf(address: AddressInfo | string | null): number {
  return typeof address === "object" && address !== null ? address.port : 0;
}

it("reading the session without the middleware says what is missing", () => {
  const auth = setUp();
  // biome-ignore lint/suspicious/noExplicitAny: a request that never met the middleware
  expect(() => auth.sessionOf({} as any)).toThrow(/app\.use\(auth\.session\)/);
});
