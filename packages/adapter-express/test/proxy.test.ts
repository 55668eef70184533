// What the application may believe of the client: Express's own trusted-proxy rule (S3, row 18).

import express from "express";
import { expect, it } from "vitest";
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

it("reading the session without the middleware says what is missing", () => {
  const auth = setUp();
  // biome-ignore lint/suspicious/noExplicitAny: a request that never met the middleware
  expect(() => auth.sessionOf({} as any)).toThrow(/app\.use\(auth\.session\)/);
});
