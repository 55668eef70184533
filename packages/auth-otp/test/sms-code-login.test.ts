import { createLoginFlow } from "@latchkey/auth-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Data, testApp, type User } from "../../auth-core/test/test-app.ts";
import { post } from "../../auth-core/test/test-pages.ts";
import {
  exotelSms,
  httpSms,
  type SmsCodeLoginOptions,
  SmsError,
  type SmsService,
  smsCodeLogin,
  twilioSms,
} from "../src/index.ts";
import { phoneNumber } from "../src/phone-number.ts";
import { ask } from "./code-app.ts";
import { exotelKeys, type SmsProvider, startSmsProvider, twilioKeys } from "./sms-provider.ts";

let provider: SmsProvider;
beforeEach(async () => {
  provider = await startSmsProvider();
});
afterEach(() => provider.stop());

const phone = "+919741552552";
const exotel = (more = {}): SmsService =>
  exotelSms({ ...exotelKeys, sender: "NOTES", url: provider.url, ...more });
const twilio = (more = {}): SmsService =>
  twilioSms({ ...twilioKeys, sender: "+14155550100", url: provider.url, ...more });
const message = { to: phone, text: "Your code is 123456 & more" };

function appOf(options: Partial<SmsCodeLoginOptions> = {}) {
  const app = testApp();
  const { store } = app;
  const faults: unknown[] = [];
  const onError = (error: unknown): void => void faults.push(error);
  const { now } = app.context;
  const method = smsCodeLogin({ store, service: exotel(), now, onError, ...options });
  return {
    ...app,
    faults,
    flow: createLoginFlow<User, Data>(app.context, method, { delay: "1ms" }),
  };
}

describe("L13: a code by SMS", () => {
  test.each(["+91 97415-52552", "097415 52552", "0091 9741552552"])(
    "%s gets a code, which logs in with the number",
    async (typed) => {
      const { flow, browser } = appOf({ country: "+91", message: "Your OTP is {code}." });
      const tab = browser();
      const page = await ask(tab, flow, typed);
      expect(page.body).toContain(`We sent a code to ${phone}.`);
      const { form } = provider.sent[0]!;
      expect(form).toEqual({ From: "NOTES", To: phone, Body: expect.any(String) });
      const code = /^Your OTP is (\d{6})\.$/.exec(form["Body"] ?? "")?.[1] ?? "";
      const wrong = await post(tab, flow, page, { password: code === "000000" ? "1" : "000000" });
      expect([wrong.status, wrong.body.includes("not right")]).toEqual([401, true]);
      const { session, status } = await post(tab, flow, page, { password: code });
      expect([status, session.user]).toEqual([303, { id: phone, user: phone }]);
    },
  );

  test("when the provider fails, it asks for the number again", async () => {
    const { flow, browser, faults } = appOf();
    provider.answer = { status: 500, body: "{}" };
    const page = await ask(browser(), flow, phone);
    expect(page.status).toBe(503);
    expect(page.body).toContain("could not be sent");
    expect(page.body).toContain(`value="${phone}"`);
    expect(faults).toMatchObject([{ code: "ERR_SMS_UNAVAILABLE" }]);
  });

  test("the link of a mail means nothing here", async () => {
    const { flow, browser } = appOf();
    const key = "a".repeat(32);
    const url = `/login?user=${encodeURIComponent(phone)}&key=${key}&password=123456`;
    const { body } = await browser().send(flow, { url, headers: { accept: "text/html" } });
    expect(body).toContain("Phone number");
  });

  test.each(["", "ann@example.org", "12", "+0123456789", "+1415555010012345678", "+1 415 CALL"])(
    "%j is refused, and nothing is sent",
    async (typed) => {
      const { flow, browser } = appOf();
      expect((await ask(browser(), flow, typed)).status).toBe(400);
      expect(provider.sent).toEqual([]);
    },
  );

  test("without a default, a number has to name its country", () => {
    expect(phoneNumber("9741552552", null)).toBeNull();
    expect(phoneNumber("9741552552", "+91")).toBe(phone);
  });
});

describe("Exotel", () => {
  test("gets sender, number, text, and the ids for India", async () => {
    await exotel({ dltEntityId: "1101", dltTemplateId: "1107" }).send(message);
    const dlt = { DltEntityId: "1101", DltTemplateId: "1107" };
    const form = { From: "NOTES", To: phone, Body: message.text, ...dlt };
    expect(provider.sent).toMatchObject([{ form }]);
  });

  test("a failed message is refused", async () => {
    provider.answer = { status: 200, body: '{"SMSMessage":{"Status":"failed"}}' };
    await expect(exotel().send(message)).rejects.toMatchObject({ code: "ERR_SMS_REFUSED" });
  });
});

describe("Twilio", () => {
  test("gets sender, number and text", async () => {
    await twilio().send(message);
    expect(provider.sent).toMatchObject([
      { form: { From: "+14155550100", To: phone, Body: message.text } },
    ]);
  });

  test("gets a messaging service as such, and takes an API key", async () => {
    const sender = `MG${"0".repeat(32)}`;
    await twilio({ sender }).send(message);
    expect(provider.sent[0]?.form).toMatchObject({ MessagingServiceSid: sender });
    provider.answer = { status: 201, body: '{"status":"accepted"}' };
    await twilio({ apiKeySid: "SK1", authToken: "x" }).send(message);
    const basic = Buffer.from("SK1:x").toString("base64");
    expect(provider.sent[1]?.headers.authorization).toBe(`Basic ${basic}`);
  });
});

describe("any provider over HTTP", () => {
  test("gets JSON by default, or a form, or a query", async () => {
    const { url } = provider;
    provider.answer = { status: 202, body: "" };
    await httpSms({ url, headers: { "x-key": "1" } }).send(message);
    const body = ({ to, text }: typeof message) => new URLSearchParams({ phone: to, text });
    await httpSms({ url, method: "PUT", body }).send(message);
    const query = ({ to }: typeof message) => `${url}/send?to=${encodeURIComponent(to)}`;
    await httpSms({ url: query, method: "GET" }).send(message);
    expect(provider.sent).toMatchObject([
      { method: "POST", body: JSON.stringify(message), headers: { "x-key": "1" } },
      { method: "PUT", form: { phone, text: message.text } },
      { method: "GET", path: "/send?to=%2B919741552552", body: "" },
    ]);
    const isTaken = (answer: string): boolean => answer.includes("OK");
    const sent = httpSms({ url, isTaken }).send(message);
    await expect(sent).rejects.toMatchObject({ code: "ERR_SMS_REFUSED" });
  });
});

describe.each([
  ["Exotel", exotel],
  ["Twilio", twilio],
  ["HTTP", (more = {}) => httpSms({ url: provider.url, isTaken: () => false, ...more })],
])("%s fails with a type", (_, service) => {
  test.each([
    [401, "{}", "ERR_SMS_REFUSED"],
    [400, "{}", "ERR_SMS_REFUSED"],
    [429, "{}", "ERR_SMS_UNAVAILABLE"],
    [503, "<html>", "ERR_SMS_UNAVAILABLE"],
    [200, "<html>", "ERR_SMS_REFUSED"],
    [200, "null", "ERR_SMS_REFUSED"],
    [200, "x".repeat(1_000_000), "ERR_SMS_UNAVAILABLE"],
  ])("%i with %.10s is told", async (status, body, code) => {
    provider.answer = { status, body };
    const error = await service()
      .send(message)
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(SmsError);
    expect(error.code).toBe(code);
    expect(`${error.message}${error.stack}`).not.toMatch(/123456|9741552552|secret/); // 79
  });

  test("a redirect is not followed", async () => {
    provider.answer = { status: 307, body: "", headers: { location: `${provider.url}/elsewhere` } };
    await expect(service().send(message)).rejects.toMatchObject({ code: "ERR_SMS_UNAVAILABLE" });
    expect(provider.sent).toHaveLength(1);
  });

  test("a provider that never answers is given up", async () => {
    provider.answer = "hang";
    const sent = service({ timeoutMs: 100 }).send(message);
    await expect(sent).rejects.toMatchObject({ code: "ERR_SMS_UNAVAILABLE" });
  });
});

test("a wrong option is refused at start", () => {
  expect(() => appOf({ message: "no code" })).toThrow(/^message/);
  expect(() => appOf({ message: "{code} {code}" })).toThrow(/^message/);
  expect(() => appOf({ country: "India" })).toThrow(/^country/);
  expect(() => appOf({ size: 4 })).toThrow(/^size/);
  expect(() => exotel({ sender: "" })).toThrow(/^sender/);
  expect(() => twilio({ accountSid: undefined })).toThrow(/^accountSid/);
  expect(() => twilio({ url: "ftp://x" })).toThrow(/^url/);
  expect(() => httpSms({ url: "nowhere" })).toThrow(/^url/);
});
