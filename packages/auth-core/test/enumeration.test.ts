// Row 32: nothing in an answer says whether an account exists.

import { describe, expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import type { LoginMethod } from "../src/login-method.ts";
import { passwordMethod } from "./password-method.ts";
import { type Answer, type Data, form, json, testApp, type User } from "./test-app.ts";

/** Of the users `known` and `other`, only the first exists. */
function oneUserMethod(): LoginMethod<User> {
  const method = passwordMethod();
  return {
    ...method,
    step: (request) => {
      const { user, password } = request.fields;
      if (user === "known" || !password) return method.step(request);
      return method.step({ ...request, fields: { ...request.fields, password: "no password" } });
    },
  };
}

/** All that can be seen of an answer, what is random or was typed left out. */
function visible({ status, headers, setCookies, body }: Answer, user: string): unknown {
  const masked = body.replaceAll(/[\w-]{12}\.[\w-]{43}/g, "token").replaceAll(user, "user");
  return { status, headers, setCookies, body: masked, length: body.length - user.length };
}

describe.each([
  ["a person", { ...form, "sec-fetch-site": "same-origin" }],
  ["a program", json],
])("%s sees the same", (_name, headers) => {
  async function answersFor(user: string, body: object, times: number): Promise<unknown[]> {
    const { context, browser } = testApp();
    const flow = createLoginFlow<User, Data>(context, oneUserMethod(), { delay: "1ms" });
    const visitor = browser();
    const seen: unknown[] = [];
    for (let n = 0; n < times; n++) {
      const init = { method: "POST", headers, body: { user, ...body } };
      seen.push(visible(await visitor.send(flow, init), user));
    }
    return seen;
  }

  test("for a known and an unknown name, up to and into the pauses", async () => {
    const known = await answersFor("known", { password: "wrong" }, 8);
    expect(known).toEqual(await answersFor("other", { password: "wrong" }, 8));
    expect(known.map((answer) => JSON.parse(JSON.stringify(answer)).status)).toEqual([
      401, 401, 401, 401, 401, 429, 429, 429,
    ]);
  });

  test("for a known and an unknown name without a password", async () => {
    expect(await answersFor("known", {}, 2)).toEqual(await answersFor("other", {}, 2));
  });
});
