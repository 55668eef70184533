// What the adapters' common part gives to the flows: how long sessions last, and how single ones end.
import { memoryStore } from "@latchkey/store-memory";
import { describe, expect, test } from "vitest";
import type { Authenticator } from "../src/authenticator.ts";
import type { BegunSession, LoginMethod, LoginStep } from "../src/login-method.ts";
import { createRequestAuth } from "../src/request-auth.ts";
import { type Data, ORIGIN, testExchange, type User } from "./test-app.ts";

test("a method learns the session that it began and its end, and can end it", async () => {
  const keys = ["a secret of thirty-two characters or more"];
  const now = (): number => 1_000;
  const store = memoryStore({ now });
  const auth = createRequestAuth<User, Data>({ store, keys, now, lifetime: "90d", idle: "1h" });
  const begun: BegunSession[] = [];
  const step = async (): Promise<LoginStep<User>> => {
    const [session] = begun;
    if (session === undefined) {
      const still = async (one: BegunSession): Promise<boolean> => begun.push(one) > 0;
      return { kind: "accepted", user: { id: "ann" }, still };
    }
    const reply = { status: 204, headers: [], body: "" };
    return { kind: "reply", reply, endSessions: [{ userId: "ann", sessionId: session.id }] };
  };
  const method: LoginMethod<User> = { name: "steps", account: () => null, step };
  const login = auth.login(method);
  const visit = async (): Promise<number> =>
    (await login(await auth.open(testExchange()), null)).status;

  expect(await visit()).toBe(303);
  const [session] = await auth.sessions.list("ann");
  expect(begun).toEqual([{ id: session?.id, endsAt: 1_000 + 90 * 86_400_000 }]);
  expect(await visit()).toBe(204);
  expect(await auth.sessions.list("ann")).toEqual([]);
});

describe("the CSRF check of a request with a credential", () => {
  const keys = ["a secret of thirty-two characters or more"];
  const auth = createRequestAuth<User, Data>({ store: memoryStore(), keys });
  const evil = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };

  /** Logs in whoever sends `header`; `null`: whoever has a certificate. */
  async function post(header: string | null, headers: Record<string, string>): Promise<number> {
    const authenticator: Authenticator<User> = {
      name: "test",
      authenticate: async ({ getHeader }) =>
        header === null || getHeader(header)
          ? { kind: "accepted", user: { id: "ann" } }
          : { kind: "absent" },
    };
    const state = await auth.open(testExchange({ method: "POST", headers }));
    expect(await auth.credentials([authenticator])(state)).toBeNull();
    expect(state.accepted).not.toBeNull();
    return (await auth.csrf(state, {}))?.status ?? 200;
  }

  test.each<[string, string | null, Record<string, string>]>([
    ["a header of a proxy", "x-remote-user", { "x-remote-user": "ann" }],
    ["a cookie", "cookie", { cookie: "jwt=eyJ" }],
    ["a client certificate", null, {}],
    ["Basic", "authorization", { authorization: "Basic YTpi" }],
    ["Negotiate", "authorization", { authorization: "negotiate YTpi" }],
    ["a certificate beside an empty Authorization", null, { authorization: "Bearer" }],
  ])("%s comes by itself, so another site's POST is refused", async (_name, header, sent) => {
    expect(await post(header, { ...sent, ...evil })).toBe(403);
    expect(await post(header, { ...sent, origin: "https://evil.example" })).toBe(403);
    expect(await post(header, { ...sent, "sec-fetch-site": "same-site" })).toBe(403);
    expect(await post(header, sent)).toBe(200);
    const own = { origin: ORIGIN, "sec-fetch-site": "same-origin" };
    expect(await post(header, { ...sent, ...own })).toBe(200);
  });

  test.each(["Bearer x", "Token x", "DPoP x"])(
    "%s is set by a script, which another site lets none do unless this one allows it",
    async (authorization) => {
      expect(await post("authorization", { authorization, ...evil })).toBe(200);
    },
  );
});
