// F4: the answer to a failed login is held, and nobody else waits for it.

import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import type { LoginOptions } from "../src/login-options.ts";
import { passwordMethod, right, wrong } from "./password-method.ts";
import { type Data, json, type TestApp, testApp, type User } from "./test-app.ts";

type Options = LoginOptions<User, Data>;

/** How long each login took to be answered, one after another. */
async function answerTimes(
  options: Options,
  tries: Record<string, string>[],
  app: TestApp = testApp(),
): Promise<number[]> {
  const flow = createLoginFlow<User, Data>(app.context, passwordMethod(), options);
  const times: number[] = [];
  // The first of all takes longer, whatever it is: nothing is compiled yet.
  const first = { method: "POST", headers: json, body: { ...right, user: "warm-up" } };
  await app.browser().send(flow, first);
  for (const body of tries) {
    const start = performance.now();
    await app.browser().send(flow, { method: "POST", headers: json, body });
    times.push(performance.now() - start);
  }
  return times;
}

/** Timers may fire a moment early. */
const HELD = 298;
const AT_ONCE = 200;

test.concurrent("by a list: the first, the second, …, the last for all after", async () => {
  const times = await answerTimes({ delay: ["1ms", "1ms", "300ms"] }, [wrong, wrong, wrong, wrong]);
  expect(times[0]).toBeLessThan(AT_ONCE);
  expect(times[1]).toBeLessThan(AT_ONCE);
  expect(times[2]).toBeGreaterThan(HELD);
  expect(times[3]).toBeGreaterThan(HELD);
});

test.concurrent("by one duration: always", async () => {
  const times = await answerTimes({ delay: "300ms" }, [wrong, wrong, right]);
  expect(times[0]).toBeGreaterThan(HELD);
  expect(times[1]).toBeGreaterThan(HELD);
  expect(times[2]).toBeLessThan(AT_ONCE);
});

test.concurrent("by default 1, 1 and 5 seconds", async () => {
  expect((await answerTimes({}, [wrong]))[0]).toBeGreaterThan(998);
});

test.concurrent("from the beginning of the try: how long the method took doesn't show", async () => {
  const app = testApp();
  const method = passwordMethod();
  const step: typeof method.step = async (request) => {
    await sleep(250);
    return method.step(request);
  };
  const flow = createLoginFlow<User, Data>(app.context, { ...method, step }, { delay: "300ms" });
  const start = performance.now();
  await app.browser().send(flow, { method: "POST", headers: json, body: wrong });
  expect(performance.now() - start).toBeGreaterThan(HELD);
  expect(performance.now() - start).toBeLessThan(300 + AT_ONCE);
});

test.concurrent("nor how long the try before it took, at the same account", async () => {
  const app = testApp();
  const method = passwordMethod();
  const step: typeof method.step = async (request) => {
    await sleep(450);
    return method.step(request);
  };
  const flow = createLoginFlow<User, Data>(app.context, { ...method, step }, { delay: "1s" });
  const post = async (): Promise<number> => {
    const start = performance.now();
    await app.browser().send(flow, { method: "POST", headers: json, body: wrong });
    return performance.now() - start;
  };
  for (const time of await Promise.all([post(), post()])) {
    expect(time).toBeGreaterThan(998);
    expect(time).toBeLessThan(1_000 + AT_ONCE);
  }
});

test.concurrent("by an empty list: never", async () => {
  expect((await answerTimes({ delay: [] }, [wrong]))[0]).toBeLessThan(AT_ONCE);
});

test.concurrent("a success begins the list again", async () => {
  const times = await answerTimes({ delay: ["1ms", "300ms"] }, [wrong, right, wrong, wrong]);
  expect(times[2]).toBeLessThan(AT_ONCE);
  expect(times[3]).toBeGreaterThan(HELD);
});

test.concurrent("each account has its own list, whether it exists or not", async () => {
  const tries = [wrong, wrong, { user: "bob", password: "wrong" }];
  const times = await answerTimes({ delay: ["1ms", "300ms"] }, tries);
  expect(times[1]).toBeGreaterThan(HELD);
  expect(times[2]).toBeLessThan(AT_ONCE);
});

test.concurrent("the list goes on without pauses, too", async () => {
  const options: Options = { delay: ["1ms", "300ms"], throttle: false };
  const times = await answerTimes(options, [wrong, wrong, right, wrong]);
  expect(times[0]).toBeLessThan(AT_ONCE);
  expect(times[1]).toBeGreaterThan(HELD);
  expect(times[3]).toBeLessThan(AT_ONCE);
});

test.concurrent("all processes on one store have one list", async () => {
  const app = testApp();
  await answerTimes({ delay: ["1ms", "300ms"] }, [wrong], app);
  const another = testApp({ store: app.store });
  const times = await answerTimes({ delay: ["1ms", "300ms"] }, [wrong], another);
  expect(times[0]).toBeGreaterThan(HELD);
});

test.concurrent("what is held keeps nobody waiting, not even at the same account", async () => {
  const app = testApp();
  const flow = createLoginFlow<User, Data>(app.context, passwordMethod(), { delay: "600ms" });
  const post = (body: unknown) => app.browser().send(flow, { method: "POST", headers: json, body });
  const answered: string[] = [];
  const held = post(wrong).then(() => answered.push("wrong"));
  await post({ user: "bob", password: "right" }).then(() => answered.push("bob"));
  await post(right).then(() => answered.push("alice"));
  expect(answered).toEqual(["bob", "alice"]);
  await held;
});

test.concurrent("only a wrong credential is held: not what is missing, not a forged form", async () => {
  expect((await answerTimes({ delay: "300ms" }, [{ user: "alice" }]))[0]).toBeLessThan(AT_ONCE);
  const app = testApp();
  const flow = createLoginFlow<User, Data>(app.context, passwordMethod(), { delay: "300ms" });
  const start = performance.now();
  const headers = { ...json, "sec-fetch-site": "cross-site" };
  const answer = await app.browser().send(flow, { method: "POST", headers, body: wrong });
  expect(answer.status).toBe(403);
  expect(performance.now() - start).toBeLessThan(AT_ONCE);
});

test.each(["0s", "5", "-1s", "soon"])("delay %j is refused at construction", (text) => {
  const { context } = testApp();
  const options: Options = JSON.parse(JSON.stringify({ delay: ["1s", text] }));
  expect(() => createLoginFlow<User, Data>(context, passwordMethod(), options)).toThrow(/delay/);
});
