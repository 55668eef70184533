// F9: no login is tried before the captcha's vendor has said that a person asks. The vendor is a real
// server that speaks the vendors' protocol.

import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { Captcha, CaptchaOptions } from "../src/captcha/captcha.ts";
import { hcaptcha } from "../src/captcha/hcaptcha.ts";
import { type RecaptchaOptions, recaptcha } from "../src/captcha/recaptcha.ts";
import { turnstile } from "../src/captcha/turnstile.ts";
import { createLoginFlow } from "../src/login-flow.ts";
import type { LoginMethod } from "../src/login-method.ts";
import { type CaptchaVendor, SECRET, type Solved, startCaptchaVendor } from "./captcha-vendor.ts";
import { fixedMethod, passwordMethod, right } from "./password-method.ts";
import { type Answer, type Data, form, HOST, json, testApp, type User } from "./test-app.ts";

const vendor: CaptchaVendor = await startCaptchaVendor();
afterAll(() => vendor[Symbol.asyncDispose]());
beforeEach(() => {
  vendor.fail(null);
  vendor.asked.length = 0;
});

const options: CaptchaOptions = { siteKey: "the site key", secret: SECRET, verifyUrl: vendor.url };
const vendors: [name: string, make: (more?: Partial<RecaptchaOptions>) => Captcha][] = [
  ["recaptcha", (more) => recaptcha({ ...options, ...more })],
  ["hcaptcha", (more) => hcaptcha({ ...options, ...more })],
  ["turnstile", (more) => turnstile({ ...options, ...more })],
];

function app(captcha: Captcha, method: LoginMethod<User> = passwordMethod()) {
  const own = testApp();
  const [here, elsewhere] = [1, 2].map(() =>
    createLoginFlow<User, Data>(own.context, method, { captcha, delay: "1ms" }),
  );
  if (!here || !elsewhere) throw new TypeError("unreachable");
  const mine = own.browser();
  const post = (token?: string, flow = here): Promise<Answer> => {
    const body = { ...right, ...(token && { [captcha.view.field]: token }) };
    return mine.send(flow, { method: "POST", headers: json, body });
  };
  return { ...own, flow: here, elsewhere, mine, post, method };
}

const failed = { status: 403, code: "captcha-failed" };

describe.each(vendors)("%s", (name, make) => {
  test("lets a person in, and tells the vendor what it needs to know", async () => {
    const { post, mine } = app(make());
    const token = vendor.solve();
    expect((await post(token)).status).toBe(200);
    expect(await mine.user()).toBe("alice");
    expect(vendor.asked).toEqual([
      {
        secret: SECRET,
        response: token,
        remoteip: "192.0.2.1",
        ...(name === "hcaptcha" && { sitekey: "the site key" }),
      },
    ]);
  });

  test("refuses without a token, and asks nobody", async () => {
    const method = passwordMethod();
    const { post } = app(make(), method);
    expect((await post()).json()).toMatchObject(failed);
    expect([method.tries, vendor.asked]).toEqual([[], []]);
  });

  test("refuses what the vendor doesn't know; nothing is tried or counted", async () => {
    const method = passwordMethod();
    const { post, store } = app(make(), method);
    expect((await post("made up")).json()).toMatchObject(failed);
    expect(method.tries).toEqual([]);
    expect((await store.scan("", null, 10)).records).toEqual([]);
  });

  test.each<[string, Solved]>([
    ["another host", { hostname: "evil.example" }],
    ["the request's own host", { hostname: HOST }],
    ["no host", { hostname: "" }],
  ])("with hostnames, refuses the token of %s", async (_name, solved) => {
    const captcha = make({ hostnames: ["www.example"] });
    expect((await app(captcha).post(vendor.solve(solved))).json()).toMatchObject(failed);
    expect((await app(captcha).post(vendor.solve({ hostname: "www.example" }))).status).toBe(200);
  });

  test("without hostnames, which hosts a site key is good for is the vendor's to say", async () => {
    const solved = vendor.solve({ hostname: "www.example" });
    expect((await app(make()).post(solved)).status).toBe(200);
  });

  test.each([[[]], [[""]], ["www.example"], [[undefined]]])("refuses %j as hostnames", (value) => {
    const hostnames: unknown = value;
    // biome-ignore lint/suspicious/noExplicitAny: what plain JavaScript may pass
    expect(() => make({ hostnames: hostnames as any })).toThrow(`${name}: hostnames must`);
  });

  test("takes a token once, by whichever process, even if the vendor took it twice", async () => {
    const { post, flow, elsewhere, store } = app({ ...make(), verify: async () => true });
    const answers = await Promise.all(
      [1, 2, 3, 4].map((n) => post("one", n % 2 ? flow : elsewhere)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403, 403]);
    const ids = (await store.scan("captcha:", null, 10)).records.map(({ id }) => id);
    expect(ids).toEqual([expect.not.stringContaining("one")]);
  });

  test.each(["status", "text", "null", "redirect"] as const)(
    "a vendor that is away (%s): 503, nobody is let in",
    async (how) => {
      const { post, mine, errors } = app(make());
      vendor.fail(how);
      const answer = await post(vendor.solve());
      expect(answer.json()).toMatchObject({ status: 503, code: "unavailable" });
      expect(answer.header("retry-after")).toBe("1");
      expect(errors).toHaveLength(1);
      expect(await mine.user()).toBeNull();
    },
  );

  test("an error of the set-up is no fault of the visitor's, and is reported", async () => {
    const { post, errors } = app(make({ secret: "another secret" }));
    expect((await post(vendor.solve())).json()).toMatchObject({ status: 503 });
    expect(String(errors[0])).toContain("invalid-input-secret");
    expect(String(errors[0])).not.toContain("another secret");
  });

  test("refuses options that can't work", () => {
    expect(() => make({ siteKey: "" })).toThrow(`${name}: siteKey`);
    expect(() => make({ secret: "" })).toThrow(`${name}: secret`);
    expect(() => make({ verifyUrl: "nowhere" })).toThrow(`${name}: verifyUrl`);
  });

  test("the form of the page carries it, and only its vendor's origins are allowed", async () => {
    const { flow, mine } = app(make());
    const page = await mine.send(flow, { headers: { accept: "text/html" } });
    expect(page.body).toContain('data-sitekey="the site key"');
    expect(page.body).toContain("<noscript>");
    const policy = page.header("content-security-policy") ?? "";
    const { view } = make();
    const [src] = /<script src="([^"]+)"/.exec(page.body)?.slice(1) ?? [];
    expect(src).toBe(view.script);
    const scripts = /script-src ([^;]+)/.exec(policy)?.[1]?.split(" ") ?? [];
    const inline = scripts.filter((source) => source.startsWith("'"));
    expect(inline).toHaveLength(name === "recaptcha" ? 1 : 0);
    expect(scripts.filter((source) => !inline.includes(source))).toEqual(view.sources.script);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
  });
});

test("a vendor that hangs: 503 within about three seconds", async () => {
  const { post } = app(turnstile(options));
  vendor.fail("hang");
  const began = performance.now();
  expect((await post(vendor.solve())).status).toBe(503);
  const took = performance.now() - began;
  expect(took).toBeGreaterThan(2_900);
  expect(took).toBeLessThan(9_000);
});

test("one network has twenty questions to the vendor under way at most", async () => {
  let say = (_isPerson: boolean): void => {};
  const said = new Promise<boolean>((resolve) => {
    say = resolve;
  });
  let asked = 0;
  const verify = (): Promise<boolean> => {
    asked += 1;
    return said;
  };
  const { flow, browser, store } = app({ ...turnstile(options), verify });
  const post = (ip: string): Promise<Answer> => {
    const body = { ...right, "cf-turnstile-response": `${asked}` };
    return browser().send(flow, { method: "POST", headers: json, body, ip });
  };
  const waiting = Array.from({ length: 20 }, (_, at) => post(`2001:db8:1:2::${at + 1}`));
  await expect.poll(() => asked).toBe(20);
  const answer = await post("2001:db8:1:2::ffff");
  expect(answer.json()).toMatchObject({ status: 503, code: "busy" });
  expect([answer.header("retry-after"), asked]).toEqual(["1", 20]);
  const elsewhere = post("192.0.2.9");
  await expect.poll(() => asked).toBe(21);
  say(false);
  for (const one of [...waiting, elsewhere, post("2001:db8:1:2::1")]) {
    expect((await one).json()).toMatchObject(failed);
  }
  expect((await store.scan("", null, 10)).records).toEqual([]);
});

test.each<[string, Captcha]>([
  ["recaptcha", recaptcha({ ...options, action: "log_in" })],
  ["turnstile", turnstile({ ...options, action: "log_in" })],
])("%s: a token that was meant for something else is refused", async (_name, captcha) => {
  expect((await app(captcha).post(vendor.solve())).json()).toMatchObject(failed);
  expect((await app(captcha).post(vendor.solve({ action: "log_in" }))).status).toBe(200);
});

test.each<[score: unknown, at: number, status: number]>([
  [0.5, 0.5, 200],
  [0.49, 0.5, 403],
  [1, 0.9, 200],
  [0.8, 0.9, 403],
  ["1", 0.5, 403],
  [undefined, 0, 403],
])(
  "recaptcha: a score of %j at a threshold of %j is answered with %j",
  async (score, at, status) => {
    const solved = JSON.parse(JSON.stringify({ score: score ?? null }));
    const answer = await app(recaptcha({ ...options, score: at })).post(vendor.solve(solved));
    expect(answer.status).toBe(status);
  },
);

test("refuses an action or a score that can't be", () => {
  expect(() => recaptcha({ ...options, score: 50 })).toThrow("score");
  expect(() => recaptcha({ ...options, score: Number.NaN })).toThrow("score");
  expect(() => recaptcha({ ...options, action: "log in" })).toThrow("action");
  expect(() => turnstile({ ...options, action: "" })).toThrow("action");
});

test("a form needs its CSRF token first, and shows the captcha again after a failure", async () => {
  const { flow, mine } = app(turnstile(options));
  const forged = {
    method: "POST",
    headers: form,
    body: { ...right, "cf-turnstile-response": "x" },
  };
  expect((await mine.send(flow, forged)).body).toContain("open for too long");
  expect(vendor.asked).toEqual([]);
  const answer = await mine.submit(flow, right);
  expect(answer.status).toBe(403);
  expect(answer.body).toContain("that you are a person. Please try again.");
  expect(answer.body).toContain('class="field cf-turnstile"');
});

test("a provider's callback has none, and a page without a form shows none", async () => {
  const accepted = fixedMethod(() => ({ kind: "accepted", user: { id: "alice" } }));
  const { flow, mine } = app(turnstile(options), { ...accepted, isCallback: () => true });
  const headers = { ...form, origin: "https://idp.example" };
  expect((await mine.send(flow, { method: "POST", headers, body: {} })).status).toBe(303);
});

test("programs and own templates are told all they need", async () => {
  const { flow, mine } = app(recaptcha(options));
  expect((await mine.view(flow)).captcha).toMatchObject({
    field: "recaptcha",
    siteKey: "the site key",
    action: "login",
    script: "https://www.google.com/recaptcha/api.js?render=the%20site%20key",
  });
});

test("without a captcha, nothing of it is on the page", async () => {
  const { context, browser } = testApp();
  const flow = createLoginFlow<User, Data>(context, passwordMethod());
  const page = await browser().send(flow, { headers: { accept: "text/html" } });
  expect(page.body).not.toContain("script");
  expect(page.header("content-security-policy")).not.toContain("script");
});
