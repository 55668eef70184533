// What a visitor is told when a session or its store failed: the outcome, and nothing of the fault.

import { SessionError, type SessionErrorCode, StoreError } from "@latchkey/session-core";
import { describe, expect, test } from "vitest";
import { faultReply } from "../src/fault-reply.ts";
import { testApp, testExchange } from "./test-app.ts";

const secret = "redis://user:password@10.0.0.1";
const sessionError = (code: SessionErrorCode) => new SessionError(code, secret);

describe.each<[string, Error, number, string, boolean]>([
  ["the store is away", new StoreError("ERR_STORE_UNAVAILABLE", secret), 503, "unavailable", true],
  ["the store is full", new StoreError("ERR_STORE_FULL", secret), 503, "unavailable", true],
  ["the store is closed", new StoreError("ERR_STORE_CLOSED", secret), 503, "unavailable", true],
  ["too many writers", sessionError("ERR_SESSION_CONFLICT"), 503, "unavailable", true],
  ["logged out meanwhile", sessionError("ERR_SESSION_ENDED"), 401, "session-ended", false],
  ["data that is no JSON", sessionError("ERR_SESSION_DATA"), 500, "internal-error", true],
  ["a cookie too late", sessionError("ERR_SESSION_LATE"), 500, "internal-error", true],
  ["a cookie too large", sessionError("ERR_COOKIE_TOO_LARGE"), 500, "internal-error", true],
])("%s", (_name, error, status, code, reported) => {
  test("a problem for programs", async () => {
    const { context, errors } = testApp();
    const exchange = testExchange({ headers: { accept: "application/json" } });
    const reply = await faultReply(context, exchange, error);
    expect(reply?.status).toBe(status);
    expect(JSON.parse(reply?.body ?? "")).toMatchObject({ status, code });
    expect(JSON.stringify(reply)).not.toContain("password");
    expect(Object.fromEntries(reply?.headers ?? [])["retry-after"]).toBe(
      status === 503 ? "1" : undefined,
    );
    expect(errors).toEqual(reported ? [error] : []);
  });

  test("a page for people", async () => {
    const reply = await faultReply(testApp().context, testExchange(), error);
    expect(reply?.status).toBe(status);
    expect(reply?.body).toMatch(/^<!doctype html>/);
    expect(reply?.body).not.toContain("password");
  });
});

test("the application's own errors are its own business", async () => {
  const { context, errors } = testApp();
  for (const error of [new Error("x"), new TypeError("x"), "x", null, undefined, { code: 1 }]) {
    expect(await faultReply(context, testExchange(), error)).toBeNull();
  }
  expect(errors).toEqual([]);
});
