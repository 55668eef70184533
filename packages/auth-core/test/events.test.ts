// F12: logins, logouts and failures are told to the application; secrets never are, and nothing that
// goes wrong with it touches a login.

import { expect, onTestFinished, test, vi } from "vitest";
import { auditColumns, auditTo, eventLine } from "../src/audit.ts";
import type { AuthEvent } from "../src/auth-event.ts";
import { createLoginFlow } from "../src/login-flow.ts";
import type { LoginOptions } from "../src/login-options.ts";
import { createLogoutFlow } from "../src/logout-flow.ts";
import { LoginRefusal } from "../src/prepare-fields.ts";
import { fixedMethod, passwordMethod, right, view } from "./password-method.ts";
import { type Data, json, START, testApp, type User } from "./test-app.ts";

function app(onEvent?: (event: AuthEvent) => unknown, options: LoginOptions<User, Data> = {}) {
  const events: AuthEvent[] = [];
  const own = testApp({ onEvent: onEvent ?? ((event) => void events.push(event)) });
  const method = passwordMethod();
  const flow = createLoginFlow<User, Data>(own.context, method, { delay: "1ms", ...options });
  const logout = createLogoutFlow<User, Data>(own.context);
  const mine = own.browser({ headers: { "user-agent": `Browser ${"x".repeat(300)}` } });
  const post = (body: unknown = right) => mine.send(flow, { method: "POST", headers: json, body });
  const here = { ...json, "sec-fetch-site": "same-origin" };
  const leave = () =>
    mine.send(logout, { method: "POST", url: "/logout", headers: here, body: {} });
  return { ...own, events, flow, mine, post, leave };
}

test("a login and a logout, with who and from where", async () => {
  const { events, post, leave, sessions, advance } = app();
  await post();
  const [{ id } = { id: "" }] = await sessions.list("alice");
  advance(1_000);
  await leave();
  const common = {
    userId: "alice",
    user: { id: "alice" },
    reason: null,
    account: null,
    session: id.slice(0, 6),
    ip: "192.0.2.1",
    agent: `Browser ${"x".repeat(192)}`,
  };
  expect(events).toMatchObject([
    { ...common, kind: "login", at: START, method: "password" },
    { ...common, kind: "logout", at: START + 1_000, method: null },
  ]);
});

test("each kind of failure, once, with its reason", async () => {
  const { events, post, flow, mine } = app(undefined, {
    throttle: { perAccountAndNetwork: 1 },
    onLogin: [() => Promise.reject(new Error("no"))],
    prepare: (fields) => (fields["user"] === "eve" ? new LoginRefusal("No.") : fields),
  });
  await post({ user: "bob", password: "wrong" });
  await post({ user: "bob", password: "wrong" });
  await post({ user: "carol" });
  await post({ user: "eve", password: "right" });
  await post({ user: ["dave"] });
  await mine.submit(flow, { ...right, _csrf: "wrong" });
  await post();
  expect(events.map(({ kind, account, reason }) => [kind, account, reason])).toEqual([
    ["failure", "bob", "invalid-credentials"],
    ["failure", "bob", "throttled"],
    ["failure", "carol", "bad-request"],
    ["failure", "eve", "forbidden"],
    ["failure", null, "bad-request"],
    ["failure", "alice", "expired-form"],
    ["failure", "alice", "action-failed"],
  ]);
});

test("no event for a page, an anonymous logout, or another step", async () => {
  const { events, flow, mine, leave } = app();
  await mine.view(flow);
  await leave();
  expect(events).toEqual([]);
});

test("sessions that a method ends", async () => {
  const events: AuthEvent[] = [];
  const { context, browser } = testApp({ onEvent: (event) => void events.push(event) });
  const done = fixedMethod(() => ({ kind: "show", view, endSessionsOf: "alice" }));
  await browser().view(createLoginFlow<User, Data>(context, done));
  expect(events).toMatchObject([{ kind: "revoked", userId: "alice", method: "fixed" }]);
});

test("neither a password nor a cookie or token is in an event", async () => {
  const texts: string[] = [];
  const { post, leave, mine } = app((event) => {
    texts.push(JSON.stringify({ ...event, exchange: null }), eventLine(event));
  });
  await post({ user: "alice", password: "my wrong secret" });
  await post();
  const cookies = [...mine.jar.values()];
  await leave();
  expect(texts).toHaveLength(6);
  for (const secret of ["my wrong secret", "right", ...cookies]) {
    expect(texts.join()).not.toContain(secret);
  }
});

test.each<[string, () => unknown]>([
  [
    "throws",
    () => {
      throw new Error("full disk");
    },
  ],
  ["rejects", () => Promise.reject(new Error("full disk"))],
])("an audit that %s breaks nothing, and is reported", async (_name, fail) => {
  const { post, leave, mine, errors } = app(fail);
  expect((await post()).status).toBe(200);
  expect(await mine.user()).toBe("alice");
  expect((await leave()).status).toBe(200);
  expect(errors.map(String)).toEqual(["Error: full disk", "Error: full disk"]);
});

test("an audit that hangs holds the answer up for a second, not for ever", async () => {
  const { post, errors } = app(() => new Promise(() => {}));
  expect((await post()).status).toBe(200);
  expect(errors).toEqual([]);
});

test("an audit that is slow keeps 100 failures at the most, and what is lost is counted", async () => {
  const asked: ((value?: unknown) => void)[] = [];
  const kinds: string[] = [];
  const { flow, browser, errors, post } = app(({ kind }) => {
    kinds.push(kind);
    return new Promise((resolve) => asked.push(resolve));
  });
  const evil = { ...json, origin: "https://evil.example" };
  const init = { method: "POST", headers: evil, body: right };
  const answers = await Promise.all(Array.from({ length: 130 }, () => browser().send(flow, init)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]));
  expect(asked).toHaveLength(100);
  expect(errors.map(String)).toEqual(["Error: onEvent: 100 events are under way, more are lost"]);
  // A flood of failures must not hide who got in.
  expect((await post()).status).toBe(200);
  expect(kinds.slice(100)).toEqual(["login"]);

  for (const answer of asked.splice(0)) answer();
  await expect.poll(() => errors.length).toBe(2);
  expect(String(errors[1])).toBe("Error: onEvent: 30 events were lost");
  const next = browser().send(flow, init);
  await expect.poll(() => asked.length).toBe(1);
  asked[0]?.();
  await next;
});

test("an audit that never answers is told again after 30 seconds, and what was lost each time", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const { flow, browser, errors } = app(() => new Promise(() => {}));
  const evil = { ...json, origin: "https://evil.example" };
  const init = { method: "POST", headers: evil, body: right };
  for (const minute of [1, 2]) {
    let answered = 0;
    const answers = Array.from({ length: 110 }, async () => {
      await browser().send(flow, init);
      answered += 1;
    });
    // Those that are lost wait for nobody.
    await vi.waitFor(() => expect(answered).toBe(10), { interval: 1 });
    await vi.advanceTimersByTimeAsync(30_000);
    await Promise.all(answers);
    expect(errors.map(String).slice(-2)).toEqual([
      "Error: onEvent: 100 events are under way, more are lost",
      "Error: onEvent: 10 events were lost",
    ]);
    expect(errors).toHaveLength(minute * 2);
  }
});

test("a quick audit is done when the answer is sent", async () => {
  const done: string[] = [];
  const { post } = app(async ({ kind }) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    done.push(kind);
  });
  await post();
  expect(done).toEqual(["login"]);
});

test("a log line is one line of JSON, whatever the browser says of itself", async () => {
  const lines: string[] = [];
  const { flow, browser } = app((event) => void lines.push(eventLine(event)));
  const headers = { ...json, "user-agent": 'a"b' };
  await browser().send(flow, { method: "POST", headers, body: { ...right, user: "a\nb" } });
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain("\n");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    time: "2030-01-01T00:00:00.000Z",
    event: "login",
    method: "password",
    user: "a\nb",
    reason: null,
    ip: "192.0.2.1",
    agent: 'a"b',
  });
});

test("a table's row, with columns of one's own", async () => {
  const rows: Record<string, unknown>[] = [];
  const table = { insert: async (row: Record<string, unknown>) => rows.push(row) };
  const { ip, time } = auditColumns;
  if (!ip || !time) throw new TypeError("no such columns");
  const columns = {
    when: time,
    address: ip,
    typed: ({ account }: AuthEvent) => account,
    path: ({ exchange }: AuthEvent) => exchange.url,
  };
  const { post } = app(auditTo(table, columns));
  await post({ user: "bob", password: "wrong" });
  expect(rows).toEqual([
    { when: "2030-01-01T00:00:00.000Z", address: "192.0.2.1", typed: "bob", path: "/login" },
  ]);
});
