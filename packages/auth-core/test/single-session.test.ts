// S12: a login that ends the user's other sessions.

import { expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import { passwordMethod, right } from "./password-method.ts";
import { type Browser, type Data, json, testApp, type User } from "./test-app.ts";

function app() {
  const { context, browser, sessions, store, advance } = testApp();
  const method = passwordMethod();
  const single = createLoginFlow<User, Data>(context, method, { singleSession: true });
  const many = createLoginFlow<User, Data>(context, method);
  const login = (who: Browser, flow = single, user = "alice") => {
    advance(1);
    return who.send(flow, { method: "POST", headers: json, body: { ...right, user } });
  };
  return { browser, sessions, store, login, many };
}

test("ends the others of this user, and nobody else's", async () => {
  const { browser, sessions, login, many } = app();
  const [first, second, third, bob] = [browser(), browser(), browser(), browser()];
  await login(first, many);
  await login(second, many);
  await login(bob, many, "bob");
  expect((await login(third)).status).toBe(200);
  const users = [first, second, third, bob].map((one) => one.user());
  expect(await Promise.all(users)).toEqual([null, null, "alice", "bob"]);
  expect(await sessions.list("alice")).toHaveLength(1);
});

test("a login in the same browser again keeps it", async () => {
  const { browser, login } = app();
  const mine = browser();
  await login(mine);
  await login(mine);
  expect(await mine.user()).toBe("alice");
});

test("a failed login ends none", async () => {
  const { browser, login, many } = app();
  const mine = browser();
  await login(mine, many);
  await browser().send(many, { method: "POST", headers: json, body: { ...right, password: "x" } });
  expect(await mine.user()).toBe("alice");
});

test("when the others can't be ended, there is no second one", async () => {
  const { browser, login, many, store, sessions } = app();
  const mine = browser();
  await login(mine, many);
  const [down, { listByOwner }] = [new Error("down"), store];
  Object.assign(store, { listByOwner: () => Promise.reject(down) });
  await expect(login(browser())).rejects.toBe(down);
  Object.assign(store, { listByOwner });
  expect(await sessions.list("alice")).toHaveLength(1);
});

test("of 50 logins at once exactly one stays, whoever is told so is logged in, and the others may try again", async () => {
  const { browser, sessions, login, many } = app();
  await login(browser(), many);
  // Of networks of their own, as one network's tries at an account wait for each other.
  const all = Array.from({ length: 50 }, (_, index) => browser({ ip: `198.51.100.${index}` }));
  const answers = await Promise.all(all.map((one) => login(one)));
  expect(await sessions.list("alice")).toHaveLength(1);
  const users = await Promise.all(all.map((one) => one.user()));
  const inside = users.flatMap((user, index) => (user === null ? [] : [index]));
  expect(inside).toHaveLength(1);
  expect(answers[inside[0] ?? -1]?.status).toBe(200);
  for (const { status } of answers) expect([200, 503]).toContain(status);
});
