// An application's `onError` that fails itself changes nothing for the visitor.

import { StoreError } from "@latchkey/session-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { faultReply } from "../src/fault-reply.ts";
import { safeOnError } from "../src/safe-on-error.ts";
import { testApp, testExchange } from "./test-app.ts";

const own = new Error("of onError");
const away = new StoreError("ERR_STORE_UNAVAILABLE", "the store is away");
const failing: [how: string, onError: () => unknown][] = [
  [
    "throws",
    () => {
      throw own;
    },
  ],
  ["rejects", () => Promise.reject(own)],
];

let said: unknown[][] = [];
const unhandled: unknown[] = [];
const listen = (error: unknown): unknown => unhandled.push(error);

beforeEach(() => {
  said = [];
  vi.spyOn(console, "error").mockImplementation((...parts) => void said.push(parts));
  process.on("unhandledRejection", listen);
});

afterEach(async () => {
  await new Promise(setImmediate);
  process.off("unhandledRejection", listen);
  vi.restoreAllMocks();
  expect(unhandled).toEqual([]);
});

test.each(failing)(
  "that %s: both errors go to stderr, and none any further",
  async (_, onError) => {
    expect(safeOnError(onError)(away)).toBeUndefined();
    await new Promise(setImmediate);
    expect(said).toEqual([["onError failed:", own, "when told of:", away]]);
  },
);

test.each(failing)("that %s: the visitor gets the page of the fault", async (_, onError) => {
  const { context } = testApp({ onError });
  const reply = await faultReply(context, testExchange(), away);
  expect(reply).toMatchObject({ status: 503, body: expect.stringContaining("Try again") });
});

test("that works is told, and nothing is said", async () => {
  const heard: unknown[] = [];
  for (const onError of [
    (error: unknown) => heard.push(error),
    async (error: unknown) => heard.push(error),
  ]) {
    safeOnError(onError)(away);
  }
  expect(heard).toEqual([away, away]);
  expect(said).toEqual([]);
});
