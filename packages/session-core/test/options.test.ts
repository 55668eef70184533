// Options that only plain JavaScript can get wrong: refused at start, not at somebody's first visit.

import { expect, it } from "vitest";
import { createSessions } from "../src/sessions.ts";
import { SECRET, testApp } from "./test-app.ts";

it.each([
  ["loadUser", { loadUser: "users" }],
  ["loadUser", { loadUser: null }],
  ["now", { now: 5 }],
  ["randomBytes", { randomBytes: new Uint8Array(18) }],
  ["cookie", { cookie: "sid" }],
  ["cookie", { cookie: null }],
  ["store", { store: {} }],
])("%s: %j", (option, wrong) => {
  const options = { store: testApp().store, keys: [SECRET], ...wrong };
  // @ts-expect-error: that is the point
  const create = (): unknown => createSessions(options);
  expect(create).toThrow(TypeError);
  expect(create).toThrow(new RegExp(`^${option} must be`));
});
