// F2: the login page for people, the same as data for programs, and pages of one's own.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { FlowContextOptions } from "../src/flow-context.ts";
import { createLoginFlow } from "../src/login-flow.ts";
import type { LoginMethod, LoginStep } from "../src/login-method.ts";
import type { LoginOptions } from "../src/login-options.ts";
import { templateFile } from "../src/pages/template-file.ts";
import type { LoginPage } from "../src/pages.ts";
import { fixedMethod, passwordMethod, right, view, wrong } from "./password-method.ts";
import {
  type Answer,
  type Browser,
  type Data,
  form,
  json,
  type RequestInit,
  testApp,
  type User,
} from "./test-app.ts";

interface Setup {
  browser: Browser;
  get(init?: RequestInit): Promise<Answer>;
  submit(fields: Record<string, string>, init?: RequestInit): Promise<Answer>;
  post(body: unknown, headers?: Record<string, string>): Promise<Answer>;
}

function setUp(
  options: LoginOptions<User, Data> = {},
  method: LoginMethod<User> = passwordMethod(),
  pages: Partial<FlowContextOptions> = {},
): Setup {
  const app = testApp(pages);
  const flow = createLoginFlow<User, Data>(app.context, method, { delay: "1ms", ...options });
  const browser = app.browser();
  return {
    browser,
    get: (init) => browser.send(flow, init),
    submit: (fields, init) => browser.submit(flow, fields, init),
    post: (body, headers = json) => browser.send(flow, { method: "POST", headers, body }),
  };
}

const accept = { accept: "application/json" };

describe("a person", () => {
  test("gets a form that nobody may frame, cache or add to", async () => {
    const { get } = setUp();
    const answer = await get({ url: "/login?next=%2Fa" });
    expect(answer.status).toBe(200);
    expect(answer.header("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.header("cache-control")).toBe("no-store");
    expect(answer.header("content-security-policy")).toContain("default-src 'none'");
    expect(answer.header("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(answer.body).toContain('<form method="post" action="/login?next=%2Fa">');
    expect(answer.body).toContain('<input type="hidden" name="next" value="/a">');
    expect(answer.body).not.toContain('role="alert"');
    expect(answer.setCookies).toEqual(["sid-visitor"]);
  });

  test("is sent on by 303 after a login", async () => {
    const answer = await setUp().submit(right, { url: "/login?next=%2Fa" });
    expect([answer.status, answer.header("location"), answer.body]).toEqual([303, "/a", ""]);
    expect(answer.header("cache-control")).toBe("no-store");
  });

  test("gets the form again after a failure: with the reason and the name, never the password", async () => {
    const { submit } = setUp();
    const answer = await submit({ ...wrong, password: "s3cr3t" }, { url: "/login?next=%2Fa" });
    expect(answer.status).toBe(401);
    expect(answer.body).toContain('role="alert"');
    expect(answer.body).toContain("That name and password don’t match.");
    expect(answer.body).toMatch(/name="user"[^>]*value="alice"/);
    expect(answer.body).toMatch(/name="password"[^>]*value=""/);
    expect(answer.body).not.toContain("s3cr3t");
    expect(answer.body).toContain('<input type="hidden" name="next" value="/a">');
    expect(answer.setCookies).toEqual([]);
  });

  test("gets back what was typed as text, not as HTML", async () => {
    const answer = await setUp().submit({ user: `"><script>alert(1)</script>`, password: "x" });
    expect(answer.body).not.toContain("<script");
  });
});

describe("a program", () => {
  test("gets the same page as data", async () => {
    const answer = await setUp().get({ url: "/login?next=%2Fa", headers: accept });
    expect(answer.header("content-type")).toBe("application/json; charset=utf-8");
    expect(answer.header("cache-control")).toBe("no-store");
    expect(answer.json()).toEqual({
      view,
      error: null,
      csrf: { name: "_csrf", value: expect.stringMatching(/^[\w-]{12}\.[\w-]{43}$/) },
      next: { name: "next", value: "/a" },
      lifetime: null,
      action: "/login?next=%2Fa",
    });
  });

  test("is told who is logged in and where to go, and is not redirected", async () => {
    const answer = await setUp().post({ ...right, next: "/a" });
    expect([answer.status, answer.header("location")]).toEqual([200, undefined]);
    expect(answer.json()).toEqual({ user: { id: "alice" }, next: "/a" });
    expect(answer.setCookies).toEqual(["sid"]);
  });

  test("gets no page and no redirect from a form that it sends by fetch()", async () => {
    const headers = { "sec-fetch-dest": "empty", "sec-fetch-site": "same-origin", accept: "*/*" };
    const { submit } = setUp();
    expect((await submit(wrong, { headers })).json()).toMatchObject({
      code: "invalid-credentials",
    });
    expect((await submit(right, { headers })).json()).toMatchObject({ next: "/" });
  });

  test("is told where a person should go instead of being sent there", async () => {
    const { get } = setUp(
      {},
      fixedMethod(() => ({ kind: "redirect", to: "https://idp.example/" })),
    );
    const answer = await get({ headers: accept });
    expect([answer.status, answer.json()]).toEqual([200, { redirect: "https://idp.example/" }]);
    expect((await get()).header("location")).toBe("https://idp.example/");
  });
});

describe("every failure is a problem with a code of its own for programs, and a page for people", () => {
  const rejected = (reason: "forbidden" | "busy") =>
    fixedMethod(({ method }) =>
      method === "GET" ? { kind: "show", view } : { kind: "rejected", reason, view },
    );
  const refuse = (): never => {
    throw new Error("secret of the application");
  };

  test.each<[string, number, string | undefined, () => Setup, object]>([
    ["invalid-credentials", 401, undefined, () => setUp(), wrong],
    ["bad-request", 400, undefined, () => setUp(), { user: "alice" }],
    ["bad-request", 400, undefined, () => setUp(), { user: ["alice"] }],
    ["forbidden", 403, undefined, () => setUp({}, rejected("forbidden")), right],
    ["busy", 503, "1", () => setUp({}, rejected("busy")), right],
    ["action-failed", 403, undefined, () => setUp({ onLogin: [refuse] }), right],
    ["expired-form", 403, undefined, () => setUp(), { ...right, _csrf: "x" }],
  ])("%s: %i", async (code, status, retryAfter, make, body) => {
    const program = await make().post(body);
    expect(program.status).toBe(status);
    expect(program.header("content-type")).toBe("application/problem+json");
    expect(program.header("retry-after")).toBe(retryAfter);
    expect(program.header("location")).toBeUndefined();
    expect(program.json()).toEqual({
      type: "about:blank",
      status,
      code,
      title: expect.stringMatching(/^[A-Z].*\.$/),
    });

    const person = await make().post(body, { ...form, "sec-fetch-site": "same-origin" });
    expect(person.status).toBe(status);
    expect(person.header("content-type")).toBe("text/html; charset=utf-8");
    expect(person.header("retry-after")).toBe(retryAfter);
    expect(person.body).toContain(program.json()["title"]);
    expect(person.body + program.body).not.toContain("secret");
  });
});

describe("a page of one's own", () => {
  const page = ({ error, csrf }: LoginPage) => `own ${error?.code ?? "-"} ${csrf.name}`;

  test("as a function, for one login", async () => {
    const { get, submit } = setUp({ template: page });
    expect((await get()).body).toBe("own - _csrf");
    expect((await submit(wrong)).body).toBe("own invalid-credentials _csrf");
  });

  test("for all logins, unless one has its own", async () => {
    const pages = { pages: { login: () => "everywhere" } };
    expect((await setUp({}, passwordMethod(), pages).get()).body).toBe("everywhere");
    expect((await setUp({ template: page }, passwordMethod(), pages).get()).body).toMatch(/^own/);
  });

  test("is given what was typed, save for the password", async () => {
    const { submit } = setUp({ template: (data) => JSON.stringify(data.view.fields) });
    const { body } = await submit({ ...wrong, password: "s3cr3t" });
    expect(body).toContain('"value":"alice"');
    expect(body).not.toContain("s3cr3t");
  });

  test("may be asynchronous", async () => {
    expect((await setUp({ template: async () => "later" }).get()).body).toBe("later");
  });

  test("has no policy for what it loads, but all other headers", async () => {
    const answer = await setUp({ template: page }).get();
    expect(answer.header("content-security-policy")).toBeUndefined();
    expect(answer.header("x-frame-options")).toBe("DENY");
    expect(answer.header("cache-control")).toBe("no-store");
    expect(answer.header("x-content-type-options")).toBe("nosniff");
    expect(answer.header("referrer-policy")).toBe("same-origin");
  });

  test("is not asked for by programs", async () => {
    const { get } = setUp({ template: page });
    expect((await get({ headers: accept })).json()).toMatchObject({ view });
  });

  describe("from a file", () => {
    const folder = mkdtempSync(join(tmpdir(), "latchkey-login-"));
    afterAll(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "login.html");
    writeFileSync(
      file,
      `<form method="post" action="<%= it.action %>">
<% if (it.error) { %><p>error code: <%= it.error.code %>, message: <%= it.error.message %></p><% } %>
<input name="user" value="<%= it.view.fields[0].value %>"><input name="password" type="password">
<input type="hidden" name="<%= it.csrf.name %>" value="<%= it.csrf.value %>">
<input type="hidden" name="<%= it.next.name %>" value="<%= it.next.value %>">
<button>Submit</button></form>`,
    );

    test("logs in", async () => {
      const { browser, get, post } = setUp({ template: templateFile(file) });
      const { body } = await get({ url: "/login?next=/a" });
      expect(body).not.toContain("error code");
      const hidden = [...body.matchAll(/name="(_csrf|next)" value="([^"]*)"/g)];
      const fields = Object.fromEntries(hidden.map(([, name, value]) => [name, value]));
      const answer = await post({ ...right, ...fields }, { origin: "https://app.example" });
      expect([answer.status, answer.header("location")]).toEqual([303, "/a"]);
      expect(await browser.user()).toBe("alice");
    });

    test("says what went wrong, with what was typed escaped", async () => {
      const { submit } = setUp({ template: templateFile(file) });
      const { body } = await submit({ user: `"><b>`, password: "x" });
      expect(body).toContain("error code: invalid-credentials, message: That name");
      expect(body).not.toContain("<b>");
    });
  });
});

describe("what a method may answer besides", () => {
  const setUpStep = (step: LoginStep<User>) =>
    setUp(
      {},
      fixedMethod(() => step),
    );
  const negotiate: LoginStep<User> = { kind: "challenge", wwwAuthenticate: "Negotiate" };

  test("a challenge: a problem for programs, a page for people who cancel it", async () => {
    const { get } = setUpStep(negotiate);
    const [program, person] = [await get({ headers: accept }), await get()];
    for (const answer of [program, person]) {
      expect([answer.status, answer.header("www-authenticate")]).toEqual([401, "Negotiate"]);
    }
    expect(program.json()).toMatchObject({ code: "login-required" });
    expect(person.header("content-type")).toBe("text/html; charset=utf-8");
  });

  test("a reply of its own, as it is", async () => {
    const reply = {
      status: 200,
      headers: [["content-type", "text/xml"]] as [string, string][],
      body: "<x/>",
    };
    expect(await setUpStep({ kind: "reply", reply }).get()).toMatchObject(reply);
  });

  test("a user, at a GET, with something to keep in the session", async () => {
    const { get, browser } = setUpStep({
      kind: "accepted",
      user: { id: "alice" },
      keep: { token: "t" },
    });
    const answer = await get({ url: "/login?code=1" });
    expect(answer.status).toBe(303);
    expect(answer.session.data).toEqual({ token: "t" });
    expect(await browser.user()).toBe("alice");
  });

  test("what fails at a GET is told without asking the method a second time", async () => {
    let steps = 0;
    const method = fixedMethod(() => {
      steps += 1;
      return { kind: "accepted", user: { id: "alice" } };
    });
    const { get } = setUp({ onLogin: [() => Promise.reject(new Error("no"))] }, method);
    const answer = await get({ url: "/login?code=1" });
    expect([answer.status, steps]).toEqual([403, 1]);
    expect(answer.body).toContain("Not logged in");
    expect(answer.body).not.toContain("<form");
  });
});

test("other methods: 405 with those that are allowed, and nothing is done", async () => {
  const { browser } = setUp();
  const method = passwordMethod();
  const flow = createLoginFlow<User, Data>(testApp().context, method);
  for (const verb of ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "POST "]) {
    const answer = await browser.send(flow, { method: verb, headers: json, body: right });
    expect([answer.status, answer.header("allow")]).toEqual([405, "GET, HEAD, POST"]);
    expect(answer.json()).toMatchObject({ code: "method-not-allowed" });
    expect(answer.setCookies).toEqual([]);
  }
  expect(method.tries).toEqual([]);
});

test("HEAD is answered like GET, body and all: the adapter leaves it out", async () => {
  const { get } = setUp();
  const head = await get({ method: "HEAD", body: right });
  expect([head.status, head.header("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
});
