// S12: a login that ends the user's other sessions.

import { expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import { passwordMethod, right } from "./password-method.ts";
import { type Browser, type Data, json, testApp, type User } from "./test-app.ts";

function app() {
  const { context, browser, sessions, store } = testApp();
  const method = passwordMethod();
  const single = createLoginFlow<User, Data>(context, method, { singleSession: true });
  const many = createLoginFlow<User, Data>(context, method);
  const login = (who: Browser, flow = single, user = "alice") =>
    who.send(flow, { method: "POST", headers: json, body: { ...right, user } });
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
  const down = new Error("down");
  Object.assign(store, { deleteByOwner: () => Promise.reject(down) });
  await expect(login(browser())).rejects.toBe(down);
  expect(await sessions.list("alice")).toHaveLength(1);
});
