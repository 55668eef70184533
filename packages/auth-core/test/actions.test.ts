// F3: actions after a login, in order; one that throws undoes it.

import { describe, expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import type { LoginEvent, LoginOptions } from "../src/login-options.ts";
import { passwordMethod, right, wrong } from "./password-method.ts";
import { type Answer, type Browser, type Data, json, testApp, type User } from "./test-app.ts";

type Action = NonNullable<LoginOptions<User, Data>["onLogin"]>[number];

interface Outcome {
  answer: Answer;
  browser: Browser;
  errors: unknown[];
  /** Sessions in the store. */
  sessions: number;
}

async function login(onLogin: readonly Action[], body: unknown = right): Promise<Outcome> {
  const { context, browser, errors, store } = testApp();
  const options = { onLogin, delay: "1ms" } as const;
  const flow = createLoginFlow<User, Data>(context, passwordMethod(), options);
  const mine = browser();
  const answer = await mine.send(flow, { method: "POST", headers: json, body });
  const { records } = await store.scan("session:", null, 100);
  return { answer, browser: mine, errors, sessions: records.length };
}

test("run in order, each after the one before it is done", async () => {
  const done: string[] = [];
  const slow: Action = async () => {
    done.push("begin");
    await new Promise((resolve) => setTimeout(resolve, 20));
    done.push("end");
  };
  const { answer } = await login([slow, () => done.push("second"), slow]);
  expect(answer.status).toBe(200);
  expect(done).toEqual(["begin", "end", "second", "begin", "end"]);
});

test("see the user in the session, and what they write is kept", async () => {
  const seen: unknown[] = [];
  const look = ({ user, session, exchange, method }: LoginEvent<User, Data>): void => {
    seen.push(user.id, session.user?.id, exchange.ip, method);
    session.data["visits"] = 1;
  };
  const { answer } = await login([look]);
  expect(seen).toEqual(["alice", "alice", "192.0.2.1", "password"]);
  expect(answer.session.data).toEqual({ visits: 1 });
});

test("don't run when the login fails", async () => {
  const done: number[] = [];
  await login([() => done.push(1)], wrong);
  expect(done).toEqual([]);
});

describe.each<[string, Action]>([
  [
    "throws",
    () => {
      throw new Error("the secret reason");
    },
  ],
  ["rejects", () => Promise.reject(new Error("the secret reason"))],
  [
    "throws what is no error",
    () => {
      throw "the secret reason";
    },
  ],
])("one that %s", (_name, fail) => {
  test("undoes the login: no session, no cookie, and later actions don't run", async () => {
    const done: number[] = [];
    const write: Action = ({ session }) => {
      session.data["half"] = "done";
    };
    const { answer, browser, sessions } = await login([write, fail, () => done.push(3)]);
    expect(answer.status).toBe(403);
    expect(await browser.user()).toBeNull();
    expect(browser.jar.has("__Host-sid")).toBe(false);
    expect(sessions).toBe(0);
    expect(done).toEqual([]);
  });

  test("is reported, and the visitor sees nothing of it", async () => {
    const { answer, errors } = await login([fail]);
    expect(errors).toHaveLength(1);
    expect(String(errors[0])).toContain("the secret reason");
    expect(answer.json()).toMatchObject({ status: 403, code: "action-failed" });
    expect(answer.body + JSON.stringify(answer.headers)).not.toContain("secret");
  });

  test("ends the session that was there before, too", async () => {
    const { context, browser } = testApp();
    const method = passwordMethod();
    const open = createLoginFlow<User, Data>(context, method);
    const closed = createLoginFlow<User, Data>(context, method, { onLogin: [fail] });
    const mine = browser();
    await mine.submit(open, right);
    const before = new Map(mine.jar);
    expect((await mine.submit(closed, right)).status).toBe(403);
    for (const [name, value] of before) mine.jar.set(name, value);
    expect(await mine.user()).toBeNull();
  });
});

test("one that throws is reported even if the session can't be ended", async () => {
  const { context, browser, errors, store } = testApp();
  const down = new Error("down");
  const fail: Action = ({ session }) => {
    Object.assign(store, { delete: () => Promise.reject(down) });
    throw new Error(`refused ${session.user?.id}`);
  };
  const flow = createLoginFlow<User, Data>(context, passwordMethod(), { onLogin: [fail] });
  const answer = browser().send(flow, { method: "POST", headers: json, body: right });
  await expect(answer).rejects.toBe(down);
  expect(errors.map(String)).toEqual(["Error: refused alice"]);
});
