// A remembered object is never shared, and never says anything else than its text.

import { expect, it } from "vitest";
import { JsonMemo, sameMembers } from "../src/json-memo.ts";
import { encodeSession, openRecord } from "../src/session-record.ts";

it("knows flat objects, and nothing else", () => {
  const memo = new JsonMemo<object>();
  expect(memo.flat('{"a":1,"b":"x","c":null,"d":true}')).toEqual({
    a: 1,
    b: "x",
    c: null,
    d: true,
  });
  for (const text of ['{"a":{}}', '{"a":[]}', "[]", "null", "1", '"a"']) {
    expect(memo.flat(text), text).toBeNull();
  }
});

it("parses a text once, and another text again", () => {
  const memo = new JsonMemo<object>();
  const first = memo.flat('{"a":1}');
  expect(memo.flat('{"a":1}')).toBe(first);
  expect(memo.flat('{"a":2}')).toEqual({ a: 2 });
  expect(memo.flat('{"a":1}')).toEqual({ a: 1 });
});

it("does not remember long texts", () => {
  expect(new JsonMemo<object>().flat(JSON.stringify({ a: "x".repeat(2_000) }))).toBeNull();
});

it("says that a text is damaged", () => {
  const damaged = expect.objectContaining({ code: "ERR_SESSION_DATA" });
  expect(() => new JsonMemo<object>().flat("{")).toThrow(damaged);
});

it("sees every difference between members", () => {
  const flat = { a: 1, b: "x" };
  expect(sameMembers({ b: "x", a: 1 }, flat)).toBe(true);
  const others = [
    { a: 1 },
    { a: 1, b: "y" },
    { a: 1, c: "x" },
    { a: 1, b: "x", c: undefined },
    { a: 1, b: ["x"] },
  ];
  for (const other of others) expect(sameMembers(other, flat), JSON.stringify(other)).toBe(false);
  expect(sameMembers({ constructor: Object }, { a: 1 })).toBe(false);
});

it("long records are not remembered whole", () => {
  const last = { text: "", content: null };
  const user = JSON.stringify({ id: "a", long: "x".repeat(5_000) });
  const head = { generation: 1, startedAt: 0, lifetimeMs: 1e6, idleMs: null, browser: false };
  const data = encodeSession({ head: { ...head, mfa: false, origin: "{}" }, user, data: "{}" });
  const times = { createdAt: 0, seenAt: 0, expiresAt: 1e6, version: 1 };
  expect(openRecord({ id: "session:a", owner: null, data, ...times }, 1, last)).not.toBeNull();
  expect(last.text).toBe("");
});
