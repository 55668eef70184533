// Rows as different drivers return them.
import { expect, test } from "vitest";
import { parseRow } from "../src/parse-row.ts";
import { prefixEnd } from "../src/prefix-end.ts";

const row = {
  id: "session:a",
  owner: null,
  data: "{}",
  created_at: 1_900_000_000_001,
  seen_at: 1_900_000_000_002,
  expires_at: 1_900_000_000_003,
  version: 2,
};
const record = {
  id: "session:a",
  owner: null,
  data: "{}",
  createdAt: 1_900_000_000_001,
  seenAt: 1_900_000_000_002,
  expiresAt: 1_900_000_000_003,
  version: 2,
};

test("BIGINT as number, string or bigint", () => {
  expect(parseRow(row)).toEqual(record);
  expect(parseRow({ ...row, created_at: "1900000000001", version: "2" })).toEqual(record);
  expect(parseRow({ ...row, created_at: 1_900_000_000_001n, version: 2n })).toEqual(record);
});

test.each([
  ["expires_at", null],
  ["expires_at", 1.5],
  ["expires_at", "9007199254740993"],
  ["expires_at", 9_007_199_254_740_993n],
  ["version", ""],
  ["version", "0x10"],
  ["data", null],
  ["data", { parsed: true }],
  ["owner", undefined],
  ["id", 7],
])("%s as %o is refused by name, without its value", (column, value) => {
  expect(() => parseRow({ ...row, [column]: value })).toThrow(
    new RegExp(`^column ${column} is no`),
  );
});

test.each([
  ["otp:", "otp;"],
  ["a\u00ff", "a\u0100"],
  ["a\ud7ff", "a\ue000"],
  ["a😀", "a😁"],
  ["a\uffff", "a\u{10000}"],
  ["a\u{10ffff}", "b"],
  ["a\u{10ffff}\u{10ffff}", "b"],
])("the ids under %j end before %j", (prefix, end) => {
  expect(prefixEnd(prefix)).toBe(end);
});

test.each(["", "\u{10ffff}"])("the ids under %j have no end", (prefix) => {
  expect(prefixEnd(prefix)).toBeNull();
});
