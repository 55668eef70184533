// F6: how long a login lasts: fixed, until the browser closes, or as the visitor chooses.

import { describe, expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import type { LoginOptions } from "../src/login-options.ts";
import { passwordMethod, right } from "./password-method.ts";
import { DAY, type Data, HOUR, START, testApp, type User } from "./test-app.ts";

type Options = LoginOptions<User, Data>;

interface Login {
  /** How long the session lasts, in milliseconds. */
  lastsMs: number;
  /** The cookie's; `null` where it goes when the browser closes. */
  maxAge: number | null;
}

async function login(options: Options, fields: Record<string, string> = {}): Promise<Login> {
  const { context, browser } = testApp();
  const flow = createLoginFlow<User, Data>(context, passwordMethod(), options);
  const lines: string[] = [];
  const answer = await browser().submit(
    async (request) => {
      const { exchange } = request;
      const { appendHeader } = exchange;
      Object.assign(exchange, {
        appendHeader(name: string, value: string) {
          lines.push(value);
          appendHeader(name, value);
        },
      });
      return flow(request);
    },
    { ...right, ...fields },
  );
  expect(answer.status).toBe(303);
  const cookie = lines.find((line) => line.startsWith("__Host-sid=")) ?? "";
  const maxAge = /Max-Age=(\d+)/.exec(cookie)?.[1];
  return {
    lastsMs: answer.session.expiresAt - START,
    maxAge: maxAge === undefined ? null : Number(maxAge),
  };
}

const inSeconds = (ms: number): number => ms / 1_000;

test.each<[string, Options, number]>([
  ["the application's, if nothing is said", {}, 30 * DAY],
  ["fixed", { lifetime: "2h" }, 2 * HOUR],
  ["fixed, in fractions", { lifetime: "0.0003d" }, 25_920],
])("%s", async (_name, options, lastsMs) => {
  expect(await login(options)).toEqual({
    lastsMs,
    maxAge: inSeconds(Math.ceil(lastsMs / 1_000) * 1_000),
  });
});

test("until the browser closes, and a day at the most", async () => {
  expect(await login({ lifetime: "browser" })).toEqual({ lastsMs: DAY, maxAge: null });
});

test("the field that would choose is nothing where the login fixes one", async () => {
  expect((await login({ lifetime: "2h" }, { remember: "30d" })).lastsMs).toBe(2 * HOUR);
});

describe("chosen by a form field", () => {
  const lifetime = {
    default: "4d",
    values: { day: "1d", month: "31d", session: "browser" },
  } as const;

  test.each([
    ["day", DAY],
    ["month", 31 * DAY],
    ["session", DAY],
    ["", 4 * DAY],
    ["year", 4 * DAY],
    ["31d", 4 * DAY],
    ["DAY", 4 * DAY],
    ["constructor", 4 * DAY],
    ["__proto__", 4 * DAY],
    ["toString", 4 * DAY],
  ])("remember=%j", async (remember, lastsMs) => {
    expect((await login({ lifetime }, { remember })).lastsMs).toBe(lastsMs);
  });

  test("nothing chosen is the default", async () => {
    expect((await login({ lifetime })).lastsMs).toBe(4 * DAY);
  });

  test("of another name", async () => {
    const options: Options = { lifetime: { ...lifetime, field: "stay" } };
    expect((await login(options, { stay: "day" })).lastsMs).toBe(DAY);
    expect((await login(options, { remember: "day" })).lastsMs).toBe(4 * DAY);
  });

  test("the page offers the default and the values, by their length or by labels", async () => {
    const { context, browser } = testApp();
    const labels = { "": "Four days", month: "A month" };
    const flow = createLoginFlow<User, Data>(context, passwordMethod(), {
      lifetime: { ...lifetime, labels, values: { ...lifetime.values, half: "1.5h" } },
    });
    expect((await browser().view(flow)).lifetime).toEqual({
      name: "remember",
      choices: [
        { value: "", label: "Four days", selected: true },
        { value: "day", label: "for 1 day", selected: false },
        { value: "month", label: "A month", selected: false },
        { value: "session", label: "until you close the browser", selected: false },
        { value: "half", label: "for 1.5 hours", selected: false },
      ],
    });
  });

  test("the choice survives a failed try", async () => {
    const { context, browser } = testApp();
    const options: Options = { lifetime, delay: "1ms" };
    const flow = createLoginFlow<User, Data>(context, passwordMethod(), options);
    const wrong = { user: "alice", password: "wrong", remember: "month" };
    const { body } = await browser().submit(flow, wrong);
    expect(body).toMatch(/<option value="month" selected>/);
  });
});

test("an idle timeout of the login's own", async () => {
  expect((await login({ idle: "1h" })).lastsMs).toBe(HOUR);
  expect((await login({ idle: "off", lifetime: "2h" })).lastsMs).toBe(2 * HOUR);
});

describe("options are checked at construction", () => {
  test.each([
    ["lifetime", { lifetime: "soon" }],
    ["lifetime", { lifetime: "401d" }],
    ["lifetime.default", { lifetime: { default: "0s", values: {} } }],
    ["lifetime.default", { lifetime: { values: { a: "1d" } } }],
    ["lifetime.values.long", { lifetime: { default: "1d", values: { long: "for ever" } } }],
    ["lifetime.values.long", { lifetime: { default: "1d", values: { long: "500d" } } }],
    ["idle", { idle: "never" }],
  ])("%s: %j", (name, given) => {
    const options: Options = JSON.parse(JSON.stringify(given));
    const make = () => createLoginFlow<User, Data>(testApp().context, passwordMethod(), options);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(name);
  });
});
