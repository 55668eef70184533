// Tries at one account wait for each other, but not for long: neither behind a backend that hangs nor
// behind one that is known to be away.

import { expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import type { LoginMethod, LoginStep } from "../src/login-method.ts";
import { passwordMethod, right } from "./password-method.ts";
import { type Answer, type Data, json, testApp, type User } from "./test-app.ts";

function app(step: (tries: number) => Promise<LoginStep<User>>) {
  const own = testApp();
  const plain = passwordMethod();
  let tries = 0;
  const method: LoginMethod<User> = {
    ...plain,
    step: (request) => (request.method === "GET" ? plain.step(request) : step(++tries)),
  };
  const flow = createLoginFlow<User, Data>(own.context, method, { delay: "1ms" });
  const post = (): Promise<Answer> =>
    own.browser().send(flow, { method: "POST", headers: json, body: right });
  return { post, tries: () => tries };
}

const accepted: LoginStep<User> = { kind: "accepted", user: { id: "alice" } };
const away: LoginStep<User> = { kind: "rejected", reason: "unavailable", view: null };

test("who waits while the backend turns out to be away is told so at once", async () => {
  let answer = (): void => {};
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const { post, tries } = app(async (n) => {
    if (n > 1) return accepted;
    await asked;
    return away;
  });
  const waiting = Array.from({ length: 10 }, post);
  await new Promise((resolve) => setTimeout(resolve, 50));
  answer();
  for (const reply of await Promise.all(waiting)) {
    expect([reply.status, reply.header("retry-after")]).toEqual([503, "1"]);
    expect(reply.json()).toMatchObject({ code: "unavailable" });
  }
  expect(tries()).toBe(1);
  // Who comes afterwards asks again, and those after them wait for it as before.
  const later = await Promise.all([post(), post(), post()]);
  expect(later.map(({ status }) => status)).toEqual([200, 200, 200]);
});

test("nobody waits for more than five seconds behind one that hangs", async () => {
  let answer = (): void => {};
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const { post, tries } = app(async () => {
    await asked;
    return accepted;
  });
  const first = post();
  const waiting = await Promise.all(Array.from({ length: 5 }, post));
  for (const reply of waiting) {
    expect(reply.status).toBe(503);
    expect(reply.json()).toMatchObject({ code: "busy" });
  }
  expect(tries()).toBe(1);
  answer();
  expect((await first).status).toBe(200);
  // Those who were told to come back are not tried behind their backs.
  expect((await post()).status).toBe(200);
  expect(tries()).toBe(2);
}, 20_000);
