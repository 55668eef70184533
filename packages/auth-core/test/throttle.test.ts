// F4 and the required throttle defaults: pauses after many failures, counted exactly, by account and
// by network, shared by all processes; and the owner gets in.

import type { Store } from "@latchkey/session-core";
import { describe, expect, test } from "vitest";
import { createLoginFlow, type LoginFlow } from "../src/login-flow.ts";
import type { LoginOptions } from "../src/login-options.ts";
import type { ThrottleOptions } from "../src/throttle.ts";
import { type PasswordMethod, passwordMethod } from "./password-method.ts";
import {
  type Answer,
  DAY,
  type Data,
  HOUR,
  json,
  SECOND,
  type TestApp,
  testApp,
  type User,
} from "./test-app.ts";

interface Attack {
  user?: string;
  password?: string;
  ip?: string;
}

interface Target {
  method: PasswordMethod;
  store: Store;
  advance(ms: number): void;
  guess(attack?: Attack): Promise<Answer>;
  /** The same at another process. */
  guessElsewhere(attack?: Attack): Promise<Answer>;
}

function target(throttle?: ThrottleOptions | false, app: TestApp = testApp()): Target {
  const method = passwordMethod();
  const options: LoginOptions<User, Data> = {
    delay: "1ms",
    ...(throttle === undefined ? {} : { throttle }),
  };
  const [here, elsewhere] = [1, 2].map(() =>
    createLoginFlow<User, Data>(app.context, method, options),
  );
  const guessAt =
    (flow: LoginFlow<User, Data>) =>
    ({ user = "alice", password = "wrong", ip = "192.0.2.1" }: Attack = {}) =>
      app.browser().send(flow, { method: "POST", headers: json, ip, body: { user, password } });
  return {
    method,
    store: app.store,
    advance: app.advance,
    guess: guessAt(here!),
    guessElsewhere: guessAt(elsewhere!),
  };
}

/** Its store takes a moment, so that others come in between. */
function contended(throttle?: ThrottleOptions): Target {
  const app = testApp();
  const { get } = app.store;
  Object.assign(app.store, {
    async get(id: string) {
      const record = await get(id);
      await new Promise((resolve) => setTimeout(resolve, 1));
      return record;
    },
  });
  return target(throttle, app);
}

async function fail(times: number, guess: () => Promise<Answer>): Promise<void> {
  for (let n = 0; n < times; n++) expect((await guess()).status).toBe(401);
}

const wait = (answer: Answer): number => Number(answer.header("retry-after"));
const statuses = (answers: Answer[], status: number): number =>
  answers.filter((answer) => answer.status === status).length;
const ipOf = (n: number): string => `198.51.100.${n}`;

describe("pauses", () => {
  test("begin after five failures, double, and end at fifteen minutes", async () => {
    const { guess, advance } = target();
    await fail(5, guess);
    for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]) {
      const paused = await guess();
      expect([paused.status, wait(paused)]).toEqual([429, seconds]);
      advance(seconds * SECOND - 1);
      expect(wait(await guess())).toBe(1);
      advance(1);
      expect((await guess()).status).toBe(401);
    }
  });

  test("end at maxPause", async () => {
    const { guess, advance } = target({ perAccountAndNetwork: 1, maxPause: "3s" });
    await fail(1, guess);
    for (const seconds of [1, 2, 3, 3]) {
      expect(wait(await guess())).toBe(seconds);
      advance(seconds * SECOND);
      await fail(1, guess);
    }
  });

  test("nothing is looked at meanwhile, not even the right password", async () => {
    const { guess, method } = target();
    await fail(5, guess);
    const paused = await guess({ password: "right" });
    expect(paused.status).toBe(429);
    expect(paused.json()).toMatchObject({ code: "throttled", status: 429 });
    expect(paused.setCookies).toEqual([]);
    expect(method.tries).toHaveLength(5);
  });

  test("a try during a pause doesn't lengthen it", async () => {
    const { guess, advance } = target();
    await fail(5, guess);
    for (let n = 0; n < 20; n++) await guess();
    advance(SECOND);
    expect((await guess({ password: "right" })).status).toBe(200);
  });

  test("a success ends them", async () => {
    const { guess, advance } = target();
    await fail(5, guess);
    advance(SECOND);
    expect((await guess({ password: "right" })).status).toBe(200);
    await fail(5, guess);
  });

  test("are forgotten a day after the last failure", async () => {
    const { guess, advance } = target();
    await fail(5, guess);
    advance(DAY - 1);
    await fail(1, guess);
    expect(wait(await guess())).toBe(2);
    advance(DAY);
    await fail(5, guess);
  });

  test("a maxPause of more than a day is kept", async () => {
    const { guess, advance } = target({ perAccountAndNetwork: 1, maxPause: "3d" });
    for (let n = 0; n < 18; n++) {
      await fail(1, guess);
      advance(wait(await guess()) * SECOND);
    }
    await fail(1, guess);
    advance(2.9 * DAY);
    expect((await guess()).status).toBe(429);
  });

  test("a clock that is put back lengthens none", async () => {
    const { guess, advance } = target();
    await fail(5, guess);
    advance(-10 * 60 * SECOND);
    expect(wait(await guess())).toBe(1);
  });

  test("a person is told how long, in words", async () => {
    const app = testApp();
    const options: LoginOptions<User, Data> = {
      delay: "1ms",
      throttle: { perAccountAndNetwork: 1 },
    };
    const flow = createLoginFlow<User, Data>(app.context, passwordMethod(), options);
    const browser = app.browser();
    const wrong = { user: "alice", password: "wrong" };
    await browser.submit(flow, wrong);
    const texts: string[] = [];
    for (let n = 0; n < 10; n++) {
      const { body, status, ...answer } = await browser.submit(flow, wrong);
      expect(status).toBe(429);
      texts.push(/try again in ([^.]*)\./.exec(body)?.[1] ?? "");
      app.advance(Number(answer.header("retry-after")) * SECOND);
      await browser.submit(flow, wrong);
    }
    expect(texts[0]).toBe("1 second");
    expect(texts[1]).toBe("2 seconds");
    expect(texts[7]).toBe("3 minutes");
  });
});

describe("whom a pause is for", () => {
  test("the owner on another network gets in", async () => {
    const { guess } = target();
    await fail(5, guess);
    expect((await guess({ ip: "192.0.2.2", password: "right" })).status).toBe(200);
  });

  test("and doesn't wait behind a stranger's guesses", async () => {
    const { guess, method } = target({ perAccountAndNetwork: Infinity });
    const guesses = Array.from({ length: 50 }, () => guess());
    expect((await guess({ ip: "192.0.2.2", password: "right" })).status).toBe(200);
    expect(method.tries.length).toBeLessThan(10);
    await Promise.all(guesses);
  });

  test("other accounts from the same network, too", async () => {
    const { guess } = target();
    await fail(5, guess);
    expect((await guess({ user: "bob", password: "right" })).status).toBe(200);
  });

  test("the addresses of an IPv6 /64 are one network, mapped and plain IPv4 are one address", async () => {
    const { guess } = target();
    for (let n = 0; n < 5; n++) await fail(1, () => guess({ ip: `2001:db8:1:2::${n}` }));
    expect((await guess({ ip: "2001:db8:1:2:a:b:c:d" })).status).toBe(429);
    expect((await guess({ ip: "2001:db8:1:3::1" })).status).toBe(401);
    await fail(3, () => guess({ ip: "192.0.2.1" }));
    await fail(2, () => guess({ ip: "::ffff:192.0.2.1" }));
    expect((await guess({ ip: "192.0.2.1:4711" })).status).toBe(429);
  });

  test("an account that does not exist is paused like one that does", async () => {
    const { guess } = target();
    await fail(5, () => guess({ user: "nobody" }));
    expect((await guess({ user: "nobody" })).status).toBe(429);
  });

  test("one account, from everywhere, after a hundred failures in a row", async () => {
    const { guess } = target();
    for (let n = 0; n < 100; n++) await fail(1, () => guess({ ip: ipOf(n) }));
    expect((await guess({ ip: ipOf(101), password: "right" })).status).toBe(429);
  });

  test("but the owner's own logins begin the hundred again", async () => {
    const { guess } = target({ perAccount: 10 });
    for (let n = 0; n < 9; n++) await fail(1, () => guess({ ip: ipOf(n) }));
    expect((await guess({ ip: ipOf(200), password: "right" })).status).toBe(200);
    for (let n = 20; n < 29; n++) await fail(1, () => guess({ ip: ipOf(n) }));
  });

  test("one network, at all accounts, after a hundred failures", async () => {
    const { guess } = target();
    for (let n = 0; n < 100; n++) await fail(1, () => guess({ user: `user-${n}` }));
    expect((await guess({ user: "bob", password: "right" })).status).toBe(429);
    expect((await guess({ user: "bob", password: "right", ip: "192.0.2.2" })).status).toBe(200);
  });

  test("one's own account doesn't buy a network new guesses", async () => {
    const { guess } = target({ perNetwork: 3 });
    await fail(1, () => guess({ user: "a" }));
    expect((await guess({ user: "mine", password: "right" })).status).toBe(200);
    await fail(2, () => guess({ user: "b" }));
    expect((await guess({ user: "c" })).status).toBe(429);
  });

  test("a network that always has somebody mistyping is not paused for ever", async () => {
    const { guess, advance } = target({ perNetwork: 20 });
    for (let day = 0; day < 4; day++) {
      for (let n = 0; n < 12; n++) {
        await fail(1, () => guess({ user: `user-${day}-${n}` }));
        expect((await guess({ user: "bob", password: "right" })).status).toBe(200);
        advance(2 * HOUR);
      }
    }
  });
});

describe("50 guesses at once", () => {
  const many = Array.from({ length: 50 }, (_, n) => n);

  test("at one account: no more than the free ones reach the method", async () => {
    const { guess, method } = contended();
    const answers = await Promise.all(many.map(() => guess()));
    expect([statuses(answers, 401), statuses(answers, 429)]).toEqual([5, 45]);
    expect(method.tries).toHaveLength(5);
  });

  test("at one account, at two processes: one more for each at the most", async () => {
    const { guess, guessElsewhere, method } = contended();
    const answers = await Promise.all(many.map((n) => (n % 2 ? guess() : guessElsewhere())));
    expect(method.tries.length).toBeLessThanOrEqual(6);
    expect(statuses(answers, 401)).toBe(method.tries.length);
    expect((await guess()).status).toBe(429);
  });

  test("at one account, from 50 networks", async () => {
    const { guess, method } = contended({ perAccount: 5 });
    const answers = await Promise.all(many.map((n) => guess({ ip: ipOf(n) })));
    expect([statuses(answers, 401), statuses(answers, 429)]).toEqual([5, 45]);
    expect(method.tries).toHaveLength(5);
  });

  test("at 50 accounts, from one network", async () => {
    const { guess, method } = contended({ perNetwork: 5 });
    const answers = await Promise.all(many.map((n) => guess({ user: `user-${n}` })));
    expect([statuses(answers, 401), statuses(answers, 429)]).toEqual([5, 45]);
    expect(method.tries).toHaveLength(5);
  });

  test("when a pause is over, one of them is looked at", async () => {
    const { guess, method, advance } = contended({ perAccount: 5 });
    for (let n = 0; n < 5; n++) await fail(1, () => guess({ ip: ipOf(n) }));
    advance(SECOND);
    await Promise.all(many.map((n) => guess({ ip: ipOf(n) })));
    expect(method.tries).toHaveLength(6);
  });

  test("who is told to wait only for the others is told one second", async () => {
    const { guess } = contended({ perNetwork: 5 });
    const answers = await Promise.all(many.map((n) => guess({ user: `user-${n}` })));
    for (const answer of answers) if (answer.status === 429) expect(wait(answer)).toBe(1);
  });

  test("are counted exactly, by two processes", async () => {
    const { guess, guessElsewhere, store } = contended({
      perAccountAndNetwork: Infinity,
      perAccount: 1_000,
      perNetwork: 1_000,
    });
    await Promise.all(many.map((n) => (n % 2 ? guess() : guessElsewhere())));
    const { records } = await store.scan("throttle:", null, 100);
    expect(records.map(({ data }) => JSON.parse(data))).toEqual([
      { count: 50 },
      { count: 50 },
      { count: 50 },
    ]);
  });

  test("with the right password all succeed", async () => {
    const { guess } = contended();
    const answers = await Promise.all(many.map(() => guess({ password: "right" })));
    expect(statuses(answers, 200)).toBe(50);
  });

  test("of 200 waiting at one account the second hundred is told to come back", async () => {
    const { guess } = contended({ perAccountAndNetwork: Infinity });
    const all = Array.from({ length: 200 }, () => guess({ password: "right" }));
    const answers = await Promise.all(all);
    expect([statuses(answers, 200), statuses(answers, 503)]).toEqual([100, 100]);
    const busy = answers.find(({ status }) => status === 503);
    expect(busy?.json()).toMatchObject({ code: "busy" });
    expect(busy?.header("retry-after")).toBe("1");
  });
});

describe("the counters", () => {
  test("two processes on one store count together", async () => {
    const { guess, guessElsewhere } = target();
    await fail(3, guess);
    await fail(2, guessElsewhere);
    expect((await guess()).status).toBe(429);
    expect((await guessElsewhere()).status).toBe(429);
  });

  test("don't hold what was typed", async () => {
    const { guess, store } = target();
    await guess({ user: "my password by mistake" });
    const { records } = await store.scan("", null, 100);
    expect(records).toHaveLength(3);
    expect(JSON.stringify(records)).not.toMatch(/mistake|192\.0\.2/);
  });

  test("a right login leaves none", async () => {
    const { guess, store } = target();
    await guess({ password: "right" });
    expect((await store.scan("throttle:", null, 100)).records).toEqual([]);
  });

  test("a method that fails once fails once", async () => {
    const app = testApp();
    const method = passwordMethod();
    let tries = 0;
    const flow = createLoginFlow<User, Data>(app.context, {
      ...method,
      step: (request) => (++tries === 1 ? Promise.reject(new Error("down")) : method.step(request)),
    });
    const body = { user: "alice", password: "right" };
    const post = () => app.browser().send(flow, { method: "POST", headers: json, body });
    const answers = await Promise.allSettled(Array.from({ length: 10 }, post));
    expect(answers.filter(({ status }) => status === "rejected")).toHaveLength(1);
  });

  test("a method that fails counts nothing and blocks nobody", async () => {
    const app = testApp();
    const method = passwordMethod();
    let broken = true;
    const flow = createLoginFlow<User, Data>(app.context, {
      ...method,
      step: (request) => (broken ? Promise.reject(new Error("down")) : method.step(request)),
    });
    const body = { user: "alice", password: "right" };
    const post = () => app.browser().send(flow, { method: "POST", headers: json, body });
    await Promise.all(Array.from({ length: 10 }, () => expect(post()).rejects.toThrow("down")));
    broken = false;
    expect((await post()).status).toBe(200);
  });
});

test("throttle: false never pauses", async () => {
  const { guess, method } = target(false);
  await fail(150, guess);
  expect(method.tries).toHaveLength(150);
});

test.each<[string, ThrottleOptions]>([
  ["throttle.perAccountAndNetwork", { perAccountAndNetwork: 0 }],
  ["throttle.perAccountAndNetwork", { perAccountAndNetwork: Number.NaN }],
  ["throttle.perAccount", { perAccount: -1 }],
  ["throttle.perAccount", { perAccount: 2.5 }],
  ["throttle.perNetwork", { perNetwork: -Infinity }],
  ["throttle.maxPause", { maxPause: "0s" }],
])("%s is checked at construction: %j", (name, throttle) => {
  expect(() => target(throttle)).toThrow(TypeError);
  expect(() => target(throttle)).toThrow(name);
});
