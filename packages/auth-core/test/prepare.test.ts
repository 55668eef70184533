// F8: inputs rewritten, addresses restricted, requests refused, before anything else is done.

import { describe, expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import { LoginRefusal, type Prepare } from "../src/prepare-fields.ts";
import { fixedMethod, passwordMethod, right, view } from "./password-method.ts";
import { type Data, json, testApp, type User } from "./test-app.ts";

function app(prepare: Prepare) {
  const { context, browser, store } = testApp();
  const method = passwordMethod();
  const flow = createLoginFlow<User, Data>(context, method, { prepare, delay: "1ms" });
  const mine = browser();
  const post = (body: unknown = right) => mine.send(flow, { method: "POST", headers: json, body });
  return { flow, mine, method, post, store };
}

describe("rewrites the fields", () => {
  test("that the method, the throttle and the actions go by", async () => {
    const { method, post, mine } = app(({ user = "", password = "" }) => ({
      user: `DOMAIN\\${user}`,
      password: [...password].reverse().join(""),
    }));
    expect((await post({ user: "alice", password: "thgir" })).status).toBe(200);
    expect(method.tries).toEqual(["DOMAIN\\alice"]);
    expect(await mine.user()).toBe("DOMAIN\\alice");
  });

  test("and may take its time, and see the request", async () => {
    const { post, mine } = app(async (fields, { method, url, exchange }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { ...fields, user: `${method} ${url.pathname} ${exchange.ip}` };
    });
    await post();
    expect(await mine.user()).toBe("POST /login 192.0.2.1");
  });

  test("and where to go next", async () => {
    const { post } = app((fields) => ({ ...fields, next: "/prepared" }));
    expect((await post()).json()).toMatchObject({ next: "/prepared" });
  });

  test("but the form shows again what was typed, or it would be rewritten twice", async () => {
    const { flow, mine } = app((fields) => ({ ...fields, user: `DOMAIN\\${fields["user"]}` }));
    const answer = await mine.submit(flow, { user: "alice", password: "wrong" });
    expect(answer.status).toBe(401);
    expect(answer.body).toContain('value="alice"');
  });

  test("but leaves those that it doesn't know: a step's key, a link's token", async () => {
    const seen: unknown[] = [];
    const { context, browser } = testApp();
    const method = fixedMethod(({ fields }) => {
      seen.push({ ...fields });
      expect(Object.getPrototypeOf(fields)).toBeNull();
      return { kind: "show", view };
    });
    const prepare: Prepare = ({ user = "" }) => ({ user: user.toLowerCase(), password: "" });
    const flow = createLoginFlow<User, Data>(context, method, { prepare });
    const body = { user: "Ann@x.example", key: "a-step", password: "x" };
    await browser().send(flow, { method: "POST", headers: json, body });
    expect(seen).toEqual([{ user: "ann@x.example", key: "a-step", password: "" }]);
  });

  test("but a page that is asked for has none", async () => {
    const seen: unknown[] = [];
    const { context, browser } = testApp();
    const method = fixedMethod(({ fields }) => {
      seen.push({ ...fields });
      return { kind: "show", view };
    });
    const prepare: Prepare = (fields) => ({ ...fields, user: `DOMAIN\\${fields["user"] ?? ""}` });
    await browser().view(createLoginFlow<User, Data>(context, method, { prepare }));
    expect(seen).toEqual([{}]);
  });

  test("but neither the token of the form nor the fields that were sent", async () => {
    const sent: unknown[] = [];
    const { flow, mine } = app((fields) => {
      sent.push(fields);
      return { user: "alice", password: "right" };
    });
    expect((await mine.submit(flow, { user: "a" })).status).toBe(303);
    expect((await mine.submit(flow, { user: "b", _csrf: "wrong" })).status).toBe(403);
    expect(sent).toContainEqual(expect.objectContaining({ user: "b", _csrf: "wrong" }));
  });
});

describe.each<[string, Prepare]>([
  ["returned", () => new LoginRefusal("Only from the office.")],
  [
    "thrown",
    () => {
      throw new LoginRefusal("Only from the office.");
    },
  ],
  ["a promise of it", async () => Promise.reject(new LoginRefusal("Only from the office."))],
])("a refusal, %s", (_name, prepare) => {
  test("is told to programs and shown to people; the method is not asked", async () => {
    const { flow, mine, method, post, store } = app(prepare);
    expect((await post()).json()).toMatchObject({
      status: 403,
      code: "forbidden",
      title: "Only from the office.",
    });
    const page = await mine.send(flow, { headers: { accept: "text/html" } });
    expect(page.status).toBe(403);
    expect(page.body).toContain("Only from the office.");
    expect(page.body).not.toContain("<form");
    expect(method.tries).toEqual([]);
    expect((await store.scan("", null, 10)).records).toEqual([]);
  });
});

test("restricts a login to addresses", async () => {
  const { flow, mine } = app((fields, { exchange }) =>
    exchange.ip.startsWith("10.") ? fields : new LoginRefusal("Only from the office."),
  );
  const from = (ip: string) =>
    mine
      .send(flow, { method: "POST", headers: json, body: right, ip })
      .then(({ status }) => status);
  expect(await from("192.0.2.1")).toBe(403);
  expect(await from("10.0.0.7")).toBe(200);
});

test("a refusal may say another reason", async () => {
  const { post } = app(() => new LoginRefusal("Use your e-mail address.", "invalid-input"));
  expect((await post()).json()).toMatchObject({ status: 400, code: "invalid-input" });
});

test("anything else that is thrown is a fault, whose text nobody sees", async () => {
  const { post, mine } = app(() => {
    throw new Error("key of the cipher: 42");
  });
  await expect(post()).rejects.toThrow("42");
  expect(await mine.user()).toBeNull();
});

test.each([[null], ["text"], [{ user: ["alice"] }], [undefined]])(
  "what it returns must be fields, not %j",
  async (result) => {
    const { post } = app(() => JSON.parse(JSON.stringify({ result }))["result"]);
    await expect(post()).rejects.toThrow("prepare must return the fields");
  },
);
