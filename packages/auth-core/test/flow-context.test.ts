// Options that only plain JavaScript can get wrong: refused at start, not at somebody's first login.

import { memoryStore } from "@latchkey/store-memory";
import { expect, it } from "vitest";
import { createRequestAuth } from "../src/request-auth.ts";

const keys = ["a secret of thirty-two characters or more"];

it.each([
  ["onEvent", { onEvent: 5 }],
  ["onError", { onError: "stderr" }],
  ["loginUrl", { loginUrl: 5 }],
  ["logoutUrl", { logoutUrl: "http://" }],
  ["pages.login", { pages: { login: "<h1>Log in</h1>" } }],
  ["store", { store: { forExchange: () => null } }], // cookieStore without a list of what was ended
])("%s: %j", (option, wrong) => {
  const options = { store: memoryStore(), keys, ...wrong };
  // @ts-expect-error: that is the point
  const create = (): unknown => createRequestAuth(options);
  expect(create).toThrow(TypeError);
  expect(create).toThrow(new RegExp(`^${option} must be`));
});
