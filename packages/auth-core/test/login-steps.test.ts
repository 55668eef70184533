// What a method can ask of the flow with each step.
import type { Reply } from "@latchkey/session-core";
import { expect, test } from "vitest";
import type { AuthEvent } from "../src/auth-event.ts";
import { createLoginFlow } from "../src/login-flow.ts";
import type {
  BegunSession,
  LoginMethod,
  LoginRequest,
  LoginStep,
  LoginView,
  SessionOfUser,
} from "../src/login-method.ts";
import type { LoginOptions } from "../src/login-options.ts";
import { type Data, form, json, type TestApp, testApp, type User } from "./test-app.ts";

type Step = LoginStep<User>;

const view: LoginView = {
  title: "Enter the code",
  message: "It was sent to <ann@example.com>.",
  fields: [
    {
      name: "code",
      label: "Code",
      type: "text",
      autocomplete: "one-time-code",
      inputMode: "numeric",
      hint: "Six digits.",
    },
  ],
  hidden: [{ name: "key", value: "k-1" }],
  submit: "Log in",
  action: "?step=2",
  formActions: ["https://idp.example"],
  links: [{ label: "Forgot your password?", url: "?forgot" }],
};

function methodOf(
  step: (request: LoginRequest) => Step | Promise<Step>,
  more: Partial<LoginMethod<User>> = {},
): LoginMethod<User> {
  return { name: "steps", account: () => null, step: async (request) => step(request), ...more };
}

function flowOf(
  step: (request: LoginRequest) => Step | Promise<Step>,
  options: LoginOptions<User, Data> = {},
  more: Partial<LoginMethod<User>> = {},
  app: TestApp = testApp(),
) {
  return { app, flow: createLoginFlow<User, Data>(app.context, methodOf(step, more), options) };
}

test("a view's message, hidden fields, hint, action and links are on the page, escaped", async () => {
  const { app, flow } = flowOf(() => ({ kind: "show", view }));
  const { body, header } = await app.browser().send(flow);
  expect(body).toContain("<p>It was sent to &lt;ann@example.com&gt;.</p>");
  expect(body).toContain('<input type="hidden" name="key" value="k-1">');
  expect(body).toContain('inputmode="numeric"');
  expect(body).toContain('aria-describedby="field-1-hint"');
  expect(body).toContain('<p class="hint" id="field-1-hint">Six digits.</p>');
  expect(body).toContain('action="?step=2"');
  expect(body).toContain('<a href="?forgot">Forgot your password?</a>');
  expect(header("content-security-policy")).toContain("form-action 'self' https://idp.example;");
});

test("a view with nothing to send has no form", async () => {
  const { app, flow } = flowOf(() => ({ kind: "show", view: { ...view, submit: null } }));
  const { body } = await app.browser().send(flow);
  expect(body).toContain("It was sent to");
  expect(body).not.toContain("<form");
});

test.each([
  ["wrong-code", 401],
  ["invalid-input", 400],
  ["expired", 400],
  ["unavailable", 503],
  ["not-sent", 503],
] as const)("%s is %i, with the method's own sentence", async (reason, status) => {
  const message = "A sentence of its own.";
  const { app, flow } = flowOf(() => ({ kind: "rejected", reason, view, message }));
  const page = await app.browser().send(flow);
  expect(page.status).toBe(status);
  expect(page.body).toContain(message);
  expect(page.header("retry-after")).toBe(status === 503 ? "1" : undefined);
  const told = await app.browser().send(flow, { headers: { accept: "application/json" } });
  expect(told.status).toBe(status);
  expect(told.json()).toMatchObject({ code: reason, title: message });
});

test("without a view, what is rejected is an error page", async () => {
  const { app, flow } = flowOf(() => ({ kind: "rejected", reason: "forbidden", view: null }));
  const { status, body } = await app.browser().send(flow);
  expect(status).toBe(403);
  expect(body).not.toContain("<form");
});

test("a wrong code is remembered for the next try, and held like a wrong password", async () => {
  const step = async ({ method, fields, recall }: LoginRequest): Promise<Step> => {
    if (method === "GET") return { kind: "show", view, remember: { key: "try-0", value: {} } };
    const tries = Number(fields["key"]?.slice(4));
    if ((await recall(`try-${tries}`)) === null)
      return { kind: "rejected", reason: "expired", view };
    const remember = { key: `try-${tries + 1}`, value: {} };
    return { kind: "rejected", reason: "wrong-code", view, remember };
  };
  const { app, flow } = flowOf(step, { delay: ["1ms", "200ms"] }, { account: () => "ann" });
  const browser = app.browser();
  const post = async (key: string): Promise<unknown> => {
    const answer = await browser.send(flow, { method: "POST", headers: json, body: { key } });
    return answer.json()["code"];
  };
  await browser.send(flow);
  expect(await post("try-0")).toBe("wrong-code");
  const start = performance.now();
  expect(await post("try-1")).toBe("wrong-code");
  expect(performance.now() - start).toBeGreaterThan(190);
  expect(await post("try-1")).toBe("expired");
});

test("a wrong code is not printed back into the form", async () => {
  const { app, flow } = flowOf(({ method }) =>
    method === "GET" ? { kind: "show", view } : { kind: "rejected", reason: "wrong-code", view },
  );
  const page = await app.browser().submit(flow, { code: "314159" }, { url: "/login" });
  expect(page.status).toBe(401);
  expect(page.body).toContain('name="code"');
  expect(page.body).not.toContain("314159");
});

test("the sessions of a user end with a step that says so, and others' don't", async () => {
  const { app, flow } = flowOf(({ url }) =>
    url.searchParams.has("out")
      ? { kind: "show", view, endSessionsOf: "ann" }
      : { kind: "accepted", user: { id: url.searchParams.get("as") ?? "" } },
  );
  const [ann, bob, third] = [app.browser(), app.browser(), app.browser()];
  await ann.send(flow, { url: "/login?as=ann" });
  await bob.send(flow, { url: "/login?as=bob" });
  await third.send(flow, { url: "/login?out" });
  expect(await ann.user()).toBeNull();
  expect(await bob.user()).toBe("bob");
});

test("a reply can end single sessions of a user, and is made once they have ended", async () => {
  const events: [string, string | null][] = [];
  const told = ({ kind, userId }: AuthEvent): void => void events.push([kind, userId]);
  const app = testApp({ onEvent: told });
  const seen: (string | null)[] = [];
  const ended: SessionOfUser[] = [];
  const { flow } = flowOf(
    ({ url }) => {
      if (!url.searchParams.has("out")) return { kind: "accepted", user: { id: "ann" } };
      const reply = async (): Promise<Reply> => {
        seen.push(await one.user(), await other.user());
        return { status: 204, headers: [], body: "" };
      };
      return { kind: "reply", reply, endSessions: ended };
    },
    {},
    {},
    app,
  );
  const [one, other, third] = [app.browser(), app.browser(), app.browser()];
  await one.send(flow);
  await other.send(flow);
  const [last, first] = await app.sessions.list("ann");
  if (first === undefined || last === undefined) throw new Error("no sessions");
  // Another user's is left alone, and so is one that isn't there.
  ended.push({ userId: "ann", sessionId: first.id }, { userId: "bob", sessionId: last.id });
  ended.push({ userId: "ann", sessionId: "A".repeat(24) });
  events.length = 0;
  expect((await third.send(flow, { url: "/login?out" })).status).toBe(204);
  expect(seen.filter((user) => user === null)).toHaveLength(1);
  expect((await app.sessions.list("ann")).map(({ id }) => id)).toEqual([last.id]);
  expect(events).toEqual([["revoked", "ann"]]);
});

test("a reply is not made where the sessions could not be ended", async () => {
  let made = 0;
  const app = testApp({ endSession: () => Promise.reject(new Error("the store is away")) });
  const reply = async (): Promise<Reply> => {
    made += 1;
    return { status: 200, headers: [], body: "" };
  };
  const endSessions = [{ userId: "ann", sessionId: "s" }];
  const { flow } = flowOf(() => ({ kind: "reply", reply, endSessions }), {}, {}, app);
  expect((await app.browser().send(flow)).status).toBe(503);
  expect([made, app.errors.length]).toEqual([0, 1]);
});

test("who is asked whether a login still holds learns the session and its end", async () => {
  const start = testApp().context.now();
  const day = 86_400_000;
  for (const [options, app, days] of [
    [{}, testApp(), 30],
    [{}, testApp({ lifetime: "90d" }), 90],
    [{ lifetime: "7d", idle: "1h" }, testApp(), 7],
    [{ lifetime: "browser" }, testApp(), 1],
  ] satisfies [LoginOptions<User, Data>, TestApp, number][]) {
    const begun: BegunSession[] = [];
    const still = async (session: BegunSession): Promise<boolean> => begun.push(session) > 0;
    const step = (): Step => ({ kind: "accepted", user: { id: "ann" }, still });
    await app.browser().send(flowOf(step, options, {}, app).flow);
    const [session] = await app.sessions.list("ann");
    expect(begun).toEqual([{ id: session?.id, endsAt: start + days * day }]);
  }
});

test("a provider's POST needs no CSRF token where the method answers for it", async () => {
  const accepted = (): Step => ({ kind: "accepted", user: { id: "ann" } });
  const post = {
    method: "POST",
    headers: { ...form, origin: "https://idp.example", "sec-fetch-site": "cross-site" },
    body: { state: "s" },
  };
  const claimed = flowOf(accepted, {}, { isCallback: ({ fields }) => "state" in fields });
  const browser = claimed.app.browser();
  expect((await browser.send(claimed.flow, post)).status).toBe(303);
  expect(await browser.user()).toBe("ann");
  const other = await claimed.app.browser().send(claimed.flow, { ...post, body: { user: "x" } });
  expect(other.status).toBe(403);
  const unclaimed = flowOf(accepted);
  expect((await unclaimed.app.browser().send(unclaimed.flow, post)).status).toBe(403);
});

test("a second factor is kept with the session", async () => {
  const step = (): Step => ({ kind: "accepted", user: { id: "ann" }, mfa: true });
  const { app, flow } = flowOf(step);
  const { session } = await app.browser().send(flow);
  expect(session.mfa).toBe(true);
});

test("how long to stay is asked on the first page, and kept for the last one", async () => {
  let key = 0;
  const step = async ({ method, fields, recall }: LoginRequest): Promise<Step> => {
    if (method === "GET") return { kind: "show", view };
    if (fields["key"] !== undefined && (await recall(fields["key"])) !== null) {
      return { kind: "accepted", user: { id: "ann" } };
    }
    return { kind: "show", view, remember: { key: `key-${++key}`, value: {} } };
  };
  const lifetime = { default: "browser", values: { yes: "30d" } } as const;
  const { app, flow } = flowOf(step, { lifetime });
  const browser = app.browser();
  const first = await browser.view(flow);
  expect(first.lifetime).not.toBeNull();
  const token = { [first.csrf.name]: first.csrf.value };
  const post = (fields: Record<string, string>) =>
    browser.send(flow, { method: "POST", headers: form, body: { ...token, ...fields } });
  const second = await post({ remember: "yes", next: "/a" });
  expect(second.body).not.toContain('name="remember"');
  const done = await post({ key: "key-1", next: "/b" });
  expect(done.header("location")).toBe("/b");
  expect(done.session.expiresAt - done.session.createdAt).toBe(30 * 86_400_000);
});

test("a form that logs nobody in does not ask how long to stay", async () => {
  const lifetime = { default: "browser", values: { yes: "30d" } } as const;
  for (const logsIn of [true, false]) {
    const { app, flow } = flowOf(() => ({ kind: "show", view: { ...view, logsIn } }), { lifetime });
    expect((await app.browser().view(flow)).lifetime !== null).toBe(logsIn);
  }
});

test("two methods of one name are refused; one method may serve two addresses", () => {
  const app = testApp();
  const one = methodOf(() => ({ kind: "show", view }));
  createLoginFlow<User, Data>(app.context, one);
  createLoginFlow<User, Data>(app.context, one);
  const two = methodOf(() => ({ kind: "show", view }));
  expect(() => createLoginFlow<User, Data>(app.context, two)).toThrow(/named 'steps'/);
});

test("a session is ended again when what was proven holds no longer", async () => {
  for (const [holds, expected] of [
    [true, 303],
    [false, 401],
    ["expired", 400],
  ] as const) {
    const step = (): Step => ({ kind: "accepted", user: { id: "ann" }, still: async () => holds });
    const { app, flow } = flowOf(step);
    const browser = app.browser();
    const { status } = await browser.send(flow);
    expect(status).toBe(expected);
    expect(await browser.user()).toBe(holds === true ? "ann" : null);
  }
});

test("nor is there one where that can't be asked", async () => {
  const still = async (): Promise<boolean> => {
    throw new Error("the table is away");
  };
  const { app, flow } = flowOf(() => ({ kind: "accepted", user: { id: "ann" }, still }));
  const browser = app.browser();
  await expect(browser.send(flow)).rejects.toThrow("the table is away");
  expect(await app.sessions.list("ann")).toEqual([]);
});

test("sessions that could not be ended are tried again, then the visitor is told", async () => {
  for (const failures of [2, 9]) {
    let calls = 0;
    const app = testApp({
      endSessions: async () => {
        calls += 1;
        if (calls <= failures) throw new Error("the store is away");
      },
    });
    const step = (): Step => ({ kind: "show", view, endSessionsOf: "ann" });
    const { flow } = flowOf(step, {}, {}, app);
    const { status, body } = await app.browser().send(flow);
    expect(calls).toBe(3);
    expect(status).toBe(failures === 2 ? 200 : 503);
    expect(body.includes("could not be ended")).toBe(failures === 9);
    expect(app.errors).toHaveLength(failures === 2 ? 0 : 1);
  }
});
