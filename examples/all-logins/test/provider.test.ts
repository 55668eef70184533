// The login contract for an OpenID provider: a real one, whose pages a scripted browser goes through.
import { oidcLogin } from "@latchkey/auth-oauth2";
import { Browser, type LastStep, type LoginSubject, loginContract } from "@latchkey/testing";
import { freePort } from "@latchkey/tools/free-port";
import { startOidc } from "@latchkey/tools/oidc";
import { afterAll, describe, test } from "vitest";
import { filledIn } from "./form-journey.ts";
import { type Framework, frameworks, serve } from "./hosts.ts";

const password = "correct horse battery";
const clientSecret = "a client's secret that is long enough";

describe.each(frameworks)("OpenID Connect, %s", (framework) => {
  loginContract({ test, after: afterAll, start: () => subject(framework) });
});

async function subject(framework: Framework): Promise<LoginSubject> {
  const port = await freePort(); // The provider must know it before the app runs.
  const codes: string[] = [];
  const provider = await startOidc({
    people: { ann: { password, claims: { name: "Ann" } } },
    clients: [
      {
        client_id: "web",
        client_secret: clientSecret,
        redirect_uris: [`http://127.0.0.1:${port}/login`],
        grant_types: ["authorization_code"],
        response_types: ["code"],
      },
    ],
  });
  const login = oidcLogin({ issuer: provider.issuer, clientId: "web", clientSecret });
  const app = await serve(framework, login, port);
  return {
    url: app.url,
    events: app.events,
    userId: "ann",
    failures: {}, // The provider's own affair.
    async begin(browser, query) {
      const there = await browser.get(`/login${query}`);
      const step = await throughProvider(provider.issuer, there.header("location") ?? "", app.url);
      codes.push(new URL(step.path, app.url).searchParams.get("code") ?? "no code");
      return step;
    },
    secrets: () => [password, clientSecret, ...codes],
    async stop() {
      await app.stop();
      await provider.stop();
    },
  };
}

/** Logs in and consents at the provider, up to where it sends the browser back. */
async function throughProvider(issuer: string, start: string, app: string): Promise<LastStep> {
  const browser = new Browser(issuer);
  try {
    let location = start;
    for (let step = 0; step < 20; step++) {
      const url = new URL(location, issuer);
      if (url.origin === app) return { method: "GET", path: url.pathname + url.search };
      const answer = await browser.get(url.pathname + url.search);
      if (answer.status === 200) {
        const form = filledIn(answer.text, url.pathname, { login: "ann", password });
        const sent = await browser.postForm(form.path, form.fields ?? {});
        location = sent.header("location") ?? "";
      } else location = answer.header("location") ?? "";
    }
    throw new Error(`the provider does not send the browser back: ${location}`);
  } finally {
    browser.close();
  }
}
