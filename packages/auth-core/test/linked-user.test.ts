// F5: a second login beside the first. It says nothing about who is logged in, nobody else's can be
// put there, and it can be taken away.

import { describe, expect, test } from "vitest";
import type { AuthEvent } from "../src/auth-event.ts";
import { createLoginFlow } from "../src/login-flow.ts";
import type { LoginMethod, LoginRequest, LoginStep } from "../src/login-method.ts";
import type { LoginOptions } from "../src/login-options.ts";
import { createLogoutFlow } from "../src/logout-flow.ts";
import { fixedMethod, passwordMethod, right, view } from "./password-method.ts";
import { type Data, form, json, ORIGIN, testApp, type User } from "./test-app.ts";

function app(options: LoginOptions<User, Data> = {}) {
  const events: AuthEvent[] = [];
  const own = testApp({ onEvent: (event) => void events.push(event) });
  const flow = <M extends LoginMethod<User>>(method: M, more: LoginOptions<User, Data> = {}) =>
    createLoginFlow<User, Data>(own.context, method, { delay: "1ms", ...more });
  const login = flow(passwordMethod("first"));
  const link = flow(passwordMethod("second"), { userKey: "other", ...options });
  const provider = flow(providerMethod(), { userKey: "other" });
  const unlink = createLogoutFlow<User, Data>(own.context, { userKey: "other" });
  return { ...own, events, login, link, provider, unlink };
}

/** Sends the browser away with a state; comes back with it, as somebody, by a GET. */
function providerMethod(): LoginMethod<User> {
  return {
    name: "provider",
    account: () => null,
    async step({ url, recall }): Promise<LoginStep<User>> {
      const state = url.searchParams.get("state");
      const user = { id: url.searchParams.get("as") ?? "nobody" };
      if (state === "none") return { kind: "accepted", user };
      if (state !== null && (await recall(state)) !== null) return { kind: "accepted", user };
      const key = crypto.randomUUID();
      return {
        kind: "redirect",
        to: `https://idp.example/?state=${key}`,
        remember: { key, value: {} },
      };
    },
  };
}

const bob = { user: "bob", password: "right" };

test("is in the session's data; who is logged in, the session and its cookie stay", async () => {
  const { browser, login, link, events } = app();
  const mine = browser();
  const { session } = await mine.submit(login, right);
  const cookie = mine.jar.get("__Host-sid");
  const answer = await mine.submit(link, bob, { url: "/link?next=/a" });
  expect([answer.status, answer.header("location")]).toEqual([303, "/a"]);
  expect(answer.session.data).toEqual({ other: { id: "bob" } });
  expect(answer.session.id).toBe(session.id);
  expect(mine.jar.get("__Host-sid")).toBe(cookie);
  expect(await mine.user()).toBe("alice");
  expect(events.map(({ kind, userId, user }) => [kind, userId, user?.id])).toEqual([
    ["login", "alice", "alice"],
    ["link", "alice", "bob"],
  ]);
});

test("needs somebody to be logged in, also a program", async () => {
  const { browser, link } = app();
  const mine = browser();
  const page = await mine.send(link, { url: "/link", headers: { accept: "text/html" } });
  expect([page.status, page.header("location")]).toEqual([303, "/login?next=%2Flink"]);
  const post = { method: "POST", headers: json, body: bob };
  expect((await mine.send(link, post)).json()).toMatchObject({
    status: 401,
    code: "login-required",
  });
  expect(await mine.user()).toBeNull();
});

test("goes when somebody else logs in", async () => {
  const { browser, login, link } = app();
  const mine = browser();
  await mine.submit(login, right);
  await mine.submit(link, bob);
  const answer = await mine.submit(login, { user: "carol", password: "right" });
  expect(answer.session.data).toEqual({});
});

test("a wrong password links nobody", async () => {
  const { browser, login, link } = app();
  const mine = browser();
  await mine.submit(login, right);
  const answer = await mine.submit(link, { ...bob, password: "wrong" });
  expect(answer.status).toBe(401);
  expect(answer.session.data).toEqual({});
});

test("actions run, and one that throws undoes the link but not the login", async () => {
  const { browser, login, link } = app({ onLogin: [() => Promise.reject(new Error("no"))] });
  const mine = browser();
  await mine.submit(login, right);
  const answer = await mine.submit(link, bob);
  expect(answer.status).toBe(403);
  expect(answer.session.data).toEqual({});
  expect(await mine.user()).toBe("alice");
});

test("a second link that is refused leaves the first as it was, and nothing of its own", async () => {
  const { browser, login, context, store, sessions } = app();
  const linkOf = (id: string, keep: Data, options: LoginOptions<User, Data> = {}) => {
    const step = ({ method }: LoginRequest): LoginStep<User> =>
      method === "GET" ? { kind: "show", view } : { kind: "accepted", user: { id }, keep };
    const method = { ...fixedMethod(step), name: id };
    return createLoginFlow<User, Data>(context, method, { userKey: "other", ...options });
  };
  const seen: unknown[] = [];
  const refuse: LoginOptions<User, Data>["onLogin"] = [
    ({ session }) => void seen.push({ ...session.data }),
    () => Promise.reject(new Error("no")),
  ];
  const mine = browser();
  await mine.submit(login, right);
  const first = { other: { id: "bob", token: "bob's", cart: [1] } };
  await mine.submit(linkOf("bob", { token: "bob's", cart: [1] }), {});
  const [{ id = "" } = {}] = await sessions.list("alice");
  const before = await store.get(`session:${id}`);
  const second = linkOf("eve", { token: "eve's", own: true }, { onLogin: refuse });
  const answer = await mine.submit(second, {});
  expect(seen).toEqual([{ other: { id: "eve", token: "eve's", own: true } }]);
  expect([answer.status, answer.session.data]).toEqual([403, first]);
  expect(await store.get(`session:${id}`)).toEqual(before);
  expect(await mine.user()).toBe("alice");
});

test("is told of only once it is stored", async () => {
  const { browser, login, link, store, events } = app();
  const mine = browser();
  await mine.submit(login, right);
  const { csrf } = await mine.view(link);
  const down = new Error("down");
  const { replace } = store;
  Object.assign(store, {
    replace: (record: Parameters<typeof replace>[0]) =>
      record.id.startsWith("session:") ? Promise.reject(down) : replace(record),
  });
  const headers = { ...form, origin: ORIGIN };
  const body = { ...bob, [csrf.name]: csrf.value };
  await expect(mine.send(link, { method: "POST", headers, body })).rejects.toThrow("down");
  expect(events.map(({ kind }) => kind)).toEqual(["login"]);
});

describe("another site", () => {
  test("can't link its account by a form of its own", async () => {
    const { browser, login, link } = app();
    const mine = browser();
    await mine.submit(login, right);
    for (const headers of [
      { ...form, origin: "https://evil.example" },
      { ...form, "sec-fetch-site": "cross-site" },
      form,
    ]) {
      const answer = await mine.send(link, { method: "POST", headers, body: bob });
      expect([answer.status, answer.session.data]).toEqual([403, {}]);
    }
  });

  test("can't link it by a journey that no one here began", async () => {
    const { browser, login, provider } = app();
    const mine = browser();
    await mine.submit(login, right);
    const answer = await mine.send(provider, { url: "/link?state=none&as=eve" });
    expect([answer.status, answer.session.data]).toEqual([400, {}]);
  });

  test("can't have a callback of its own accepted", async () => {
    const { browser, login, context } = app();
    const posted: LoginMethod<User> = {
      ...fixedMethod(() => ({ kind: "accepted", user: { id: "eve" } })),
      name: "posted",
      isCallback: () => true,
    };
    const flow = createLoginFlow<User, Data>(context, posted, { userKey: "other" });
    const mine = browser();
    await mine.submit(login, right);
    const headers = { ...form, origin: "https://evil.example" };
    const answer = await mine.send(flow, { method: "POST", headers, body: {} });
    expect([answer.status, answer.session.data]).toEqual([400, {}]);
  });
});

describe("a journey by a provider", () => {
  async function begin(options: { as: string }) {
    const { browser, login, provider, ...rest } = app();
    const mine = browser();
    await mine.submit(login, { user: options.as, password: "right" });
    const { header } = await mine.submit(provider, {}, { url: "/link" });
    const state = new URL(header("location") ?? "").searchParams.get("state") ?? "";
    return { mine, state, browser, login, provider, ...rest };
  }

  test("links who comes back", async () => {
    const { mine, provider, state } = await begin({ as: "alice" });
    const answer = await mine.send(provider, { url: `/link?state=${state}&as=alice@idp` });
    expect([answer.status, answer.session.data]).toEqual([303, { other: { id: "alice@idp" } }]);
  });

  test("links nobody to whoever logged in meanwhile", async () => {
    const { mine, login, provider, state } = await begin({ as: "alice" });
    await mine.submit(login, { user: "carol", password: "right" });
    const answer = await mine.send(provider, { url: `/link?state=${state}&as=alice@idp` });
    expect([answer.status, answer.session.data]).toEqual([400, {}]);
  });

  test("can't be ended by another browser", async () => {
    const { browser, login, provider, state } = await begin({ as: "eve" });
    const victim = browser();
    await victim.submit(login, right);
    const answer = await victim.send(provider, { url: `/link?state=${state}&as=eve@idp` });
    expect([answer.status, answer.session.data]).toEqual([200, {}]);
  });
});

describe("unlinking", () => {
  async function linked() {
    const { browser, login, link, unlink, ...rest } = app();
    const mine = browser();
    await mine.submit(login, right);
    await mine.submit(link, bob);
    return { mine, unlink, ...rest };
  }

  test("asks first, then takes the link away; who is logged in stays", async () => {
    const { mine, unlink, events } = await linked();
    const page = await mine.send(unlink, { url: "/unlink", headers: { accept: "text/html" } });
    expect(page.body).toContain("Remove the link");
    expect(page.session.data).toEqual({ other: { id: "bob" } });
    const answer = await mine.submit(unlink, {}, { url: "/unlink?next=/settings" });
    expect([answer.status, answer.header("location")]).toEqual([303, "/settings"]);
    expect(answer.session.data).toEqual({});
    expect(await mine.user()).toBe("alice");
    expect(events.at(-1)).toMatchObject({ kind: "unlink", userId: "alice" });
  });

  test("needs a token", async () => {
    const { mine, unlink } = await linked();
    const headers = { ...form, origin: "https://evil.example" };
    const answer = await mine.send(unlink, { method: "POST", url: "/unlink", headers, body: {} });
    expect([answer.status, answer.session.data]).toEqual([403, { other: { id: "bob" } }]);
    const own = { ...form, origin: ORIGIN, "sec-fetch-site": "same-origin" };
    const post = { method: "POST", url: "/unlink", headers: own, body: {} };
    expect((await mine.send(unlink, post)).session.data).toEqual({});
  });
});

test("refuses options that can't work", () => {
  const wrong: LoginOptions<User, Data>[] = [
    { userKey: "" },
    { userKey: "a", lifetime: "1h" },
    { userKey: "a", idle: "1h" },
    { userKey: "a", singleSession: true },
  ];
  for (const options of wrong) expect(() => app(options)).toThrow(/userKey/);
});
