// `next`: where a login leads. Never to another site, whatever the spelling.

import { expectEqual, expectStatus, expectTrue } from "./adapter-contract-expect.ts";
import { type AdapterRule, randomText } from "./adapter-contract-rule.ts";
import { loginJson, readForm, submitLogin } from "./adapter-contract-steps.ts";
import { hostileUrls } from "./adapter-contract-urls.ts";

export const redirectRules: readonly AdapterRule[] = [
  {
    name: "next leads to a page of this site, with its query",
    async check(subject) {
      for (const next of ["/members", "/members?a=1&b=%2F", "/admin#top", "/a/b/../c?d"]) {
        const path = `/login?next=${encodeURIComponent(next)}`;
        const answer = await submitLogin(subject.browser(), subject.member, { path });
        expectStatus(answer, [302, 303], `a login with next=${next}`);
        const expected = new URL(next, subject.shared.url);
        const got = new URL(answer.header("location") ?? "", subject.shared.url);
        expectEqual(got.href, expected.href, `where next=${next} leads`);
      }
    },
  },
  {
    name: "next survives a failed try",
    waits: true,
    async check(subject) {
      const browser = subject.browser();
      const path = "/login?next=%2Fmembers";
      const form = await readForm(browser, path);
      const wrong = { ...form.fields, user: `nobody-${randomText(6)}`, password: "no" };
      expectStatus(await browser.postForm(form.path, wrong), 401, "a wrong password");
      const answer = await submitLogin(browser, subject.member, { path: form.path });
      expectEqual(answer.header("location"), "/members", "where the second try leads");
    },
  },
  {
    name: "without next, a login leads back to the page of this site that it was asked for on",
    async check(subject) {
      const browser = subject.browser({ referer: `${subject.shared.url}/members?x=1` });
      const answer = await submitLogin(browser, subject.member);
      expectEqual(answer.header("location"), "/members?x=1", "where the login leads");
      const stranger = subject.browser({ referer: "https://evil.example/members" });
      const away = await submitLogin(stranger, subject.member);
      expectEqual(away.header("location"), "/", "where it leads from another site's page");
    },
  },
  {
    name: "no spelling of another site's address gets through as next in the form",
    async check(subject) {
      const browser = subject.browser();
      for (const next of hostileUrls) {
        const form = await readForm(browser, "/login");
        const { user, password } = subject.member;
        const fields = { ...form.fields, user, password, next };
        const answer = await browser.postForm("/login", fields);
        expectStatus(answer, [302, 303, 400], `a login with next=${show(next)}`);
        expectSameSite(answer.header("location"), subject.shared.url, next);
        expectEqual(answer.header("x-injected"), null, `a header that next=${show(next)} wrote`);
        browser.jar.clear();
      }
    },
  },
  {
    name: "no spelling of another site's address gets through as next in the address",
    async check(subject) {
      const browser = subject.browser();
      for (const next of hostileUrls) {
        // Encoded as a link would be, and as raw as HTTP allows.
        const raw = [...next].every((char) => char > " " && char < "\x7f") ? next : null;
        for (const text of [encodeURIComponent(next), raw]) {
          if (text === null) continue;
          const page = await browser.get(`/login?next=${text}`);
          expectStatus(page, [200, 400], `GET /login?next=${text}`);
          const link = /(?:href|action|value)="([^"]*evil\.example[^"]*)"/i.exec(
            page.text.replace(/action="\/login\?[^"]*"/g, ""),
          );
          expectEqual(link?.[1] ?? null, null, `a link of the login page with next=${text}`);
        }
      }
    },
  },
  {
    name: "no spelling of another site's address gets through to a program",
    async check(subject) {
      for (const next of hostileUrls) {
        const answer = await loginJson(subject.browser(), subject.member, { next });
        expectStatus(answer, [200, 400], `a JSON login with next=${show(next)}`);
        if (answer.status !== 200) continue;
        const value = answer.json();
        const to = typeof value === "object" && value && "next" in value ? value.next : null;
        expectSameSite(typeof to === "string" ? to : null, subject.shared.url, next);
      }
    },
  },
];

/** As a browser reads a `Location`: the URL Standard, not a pattern. */
function expectSameSite(location: string | null, origin: string, next: string): void {
  if (location === null) return;
  expectTrue(URL.canParse(location, `${origin}/login`), `location for next=${show(next)} is a URL`);
  const to = new URL(location, `${origin}/login`);
  expectEqual(to.origin, new URL(origin).origin, `where next=${show(next)} leads (${location})`);
  // A page that moved, or a script that joins strings, would read these as another host.
  expectTrue(!/^\/[/\\]/.test(location), `location for next=${show(next)} begins with //`);
}

function show(text: string): string {
  return JSON.stringify(text);
}
