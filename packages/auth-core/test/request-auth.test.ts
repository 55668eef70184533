// What the adapters' common part gives to the flows: how long sessions last, and how single ones end.
import { memoryStore } from "@latchkey/store-memory";
import { expect, test } from "vitest";
import type { BegunSession, LoginMethod, LoginStep } from "../src/login-method.ts";
import { createRequestAuth } from "../src/request-auth.ts";
import { type Data, testExchange, type User } from "./test-app.ts";

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
