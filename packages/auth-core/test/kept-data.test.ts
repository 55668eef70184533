// What a login keeps in the session goes with the login: methods are told of what is in no session
// any more, and of nothing else.

import { expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import type { Accepted, LoginMethod } from "../src/login-method.ts";
import type { LoginOptions } from "../src/login-options.ts";
import { createLogoutFlow } from "../src/logout-flow.ts";
import { view } from "./password-method.ts";
import { type Data, testApp, type User } from "./test-app.ts";

function app() {
  const own = testApp();
  const forgotten: unknown[] = [];
  let serial = 0;
  /** Each login keeps a token of its own: `main-1`, `main-2` … */
  const flow = (
    name: string,
    options: LoginOptions<User, Data> = {},
    more: Partial<Accepted<User>> = {},
  ) => {
    const method: LoginMethod<User> = {
      name,
      account: () => null,
      async step({ method, fields }) {
        if (method === "GET") return { kind: "show", view };
        const keep = { token: `${name}-${++serial}` };
        return { kind: "accepted", user: { id: fields["as"] ?? "ann" }, keep, ...more };
      },
      async forget({ token }) {
        if (String(token).startsWith(`${name}-`)) forgotten.push(token);
      },
    };
    return createLoginFlow<User, Data>(own.context, method, { delay: "1ms", ...options });
  };
  return { ...own, forgotten, flow, mine: own.browser() };
}

const no = (): never => {
  throw new Error("no");
};

test.each<[string, LoginOptions<User, Data>, Partial<Accepted<User>>]>([
  ["an action refuses", { onLogin: [no] }, {}],
  ["the method itself finds it over", {}, { still: async () => "expired" }],
  ["a link is refused by an action", { userKey: "other", onLogin: [no] }, {}],
  [
    "its attributes can't be read",
    { lookup: { table: { find: no }, id: "user", attributes: ["role"] } },
    {},
  ],
  ["nobody can be asked", {}, { still: no }],
])("of a login that does not stand nothing stays: %s", async (_, options, more) => {
  const { flow, mine, forgotten } = app();
  await mine.submit(flow("main"));
  const refused = flow("second", options, more);
  await mine.submit(refused).catch(() => {});
  expect(forgotten).toEqual(["second-2"]);
});

test("a login that stands is not told of; a fault of telling changes nothing", async () => {
  const { flow, mine, forgotten, context, errors } = app();
  const { session } = await mine.submit(flow("main"));
  expect([session.data, forgotten]).toEqual([{ token: "main-1" }, []]);
  context.methods.set("broken", { forget: no });
  const answer = await mine.submit(flow("again"));
  expect([answer.status, errors.map(String)]).toEqual([303, ["Error: no"]]);
});

test("the one that another takes the place of is forgotten: of the same user, and of another's", async () => {
  const { flow, mine, forgotten } = app();
  const main = flow("main");
  await mine.submit(main);
  const { session } = await mine.submit(main);
  expect([session.data, forgotten.splice(0)]).toEqual([{ token: "main-2" }, ["main-1"]]);
  await mine.submit(flow("link", { userKey: "other" }));
  const other = await mine.submit(main, { as: "bob" });
  expect(other.session.data).toEqual({ token: "main-4" });
  expect(forgotten).toEqual(["main-2", "link-3"]);
});

test("a linked login keeps its own beside the login's, until it is taken away or linked anew", async () => {
  const { flow, mine, forgotten, context } = app();
  await mine.submit(flow("main"));
  const link = flow("link", { userKey: "other" });
  const first = await mine.submit(link, { as: "bob" });
  expect(first.session.data).toEqual({ token: "main-1", other: { id: "bob", token: "link-2" } });
  await mine.submit(link, { as: "bob" });
  expect(forgotten.splice(0)).toEqual(["link-2"]);
  const unlink = createLogoutFlow<User, Data>(context, { userKey: "other" });
  const { session } = await mine.submit(unlink, {}, { url: "/unlink" });
  expect([session.data, forgotten]).toEqual([{ token: "main-1" }, ["link-3"]]);
});

test("a logout forgets all of its session's", async () => {
  const { flow, mine, forgotten, context } = app();
  await mine.submit(flow("main"));
  await mine.submit(flow("link", { userKey: "other" }));
  await mine.submit(createLogoutFlow<User, Data>(context), {}, { url: "/logout" });
  expect(forgotten).toEqual(["main-1", "link-2"]);
});

test("what an action takes out of the session is the application's", async () => {
  const { flow, mine, forgotten, context } = app();
  const take: LoginOptions<User, Data>["onLogin"] = [
    ({ session }) => Reflect.deleteProperty(session.data, "token"),
  ];
  const main = flow("main", { onLogin: take });
  await mine.submit(main);
  await mine.submit(main);
  await mine.submit(createLogoutFlow<User, Data>(context), {}, { url: "/logout" });
  expect(forgotten).toEqual([]);
});
