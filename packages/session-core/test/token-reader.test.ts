// What is remembered of cookies: genuine ones, under their own name, and not for ever.

import { expect, it } from "vitest";
import { createKeyRing, type KeyRing } from "../src/key-ring.ts";
import { formatSessionToken } from "../src/session-token.ts";
import { createTokenReader } from "../src/token-reader.ts";

const ring = createKeyRing(["a secret of the tests, 0123456789abcdef"]);
const cookieOf = (id: string, name = "sid"): string =>
  formatSessionToken(ring, name, { id: id.padEnd(24, "A"), generation: 1 });

function counting(): { counted: KeyRing; verified(): number } {
  let count = 0;
  const counted: KeyRing = {
    sign: ring.sign,
    verify(...args) {
      count += 1;
      return ring.verify(...args);
    },
  };
  return { counted, verified: () => count };
}

it("verifies a genuine cookie once, and a forged one", () => {
  const { counted, verified } = counting();
  const read = createTokenReader(counted);
  const cookie = cookieOf("a");
  for (let time = 0; time < 3; time++)
    expect(read("sid", cookie)?.recordId).toMatch(/^session:aA+$/);
  expect(verified()).toBe(1);
  const forged = `${cookie.slice(0, -1)}${cookie.endsWith("A") ? "B" : "A"}`;
  for (let time = 0; time < 3; time++) expect(read("sid", forged)).toBeNull();
  expect(verified()).toBe(2);
});

it("a cookie that was genuine under one name is none under another", () => {
  const read = createTokenReader(ring);
  const cookie = cookieOf("a");
  expect(read("sid", cookie)).not.toBeNull();
  expect(read("__Host-sid", cookie)).toBeNull();
  expect(read("__Host-sid", cookieOf("a", "__Host-sid"))).not.toBeNull();
});

it("a cookie that was forged under one name may be genuine under another", () => {
  const read = createTokenReader(ring);
  const cookie = cookieOf("a");
  expect(read("__Host-sid", cookie)).toBeNull();
  expect(read("sid", cookie)).not.toBeNull();
  expect(read("__Host-sid", cookie)).toBeNull();
});

it("takes the longest generation there can be", () => {
  const read = createTokenReader(ring);
  const token = { id: "a".padEnd(24, "A"), generation: 999_999_999 };
  expect(read("sid", formatSessionToken(ring, "sid", token))?.generation).toBe(999_999_999);
  expect(read("sid", "a".repeat(78))).toBeNull();
  expect(read("sid", "")).toBeNull();
});

it("forgets the oldest of more than ten thousand", () => {
  const { counted, verified } = counting();
  const read = createTokenReader(counted);
  const cookies = Array.from({ length: 10_001 }, (_, index) => cookieOf(String(index)));
  for (const cookie of cookies) read("sid", cookie);
  read("sid", cookies[10_000] ?? "");
  expect(verified()).toBe(10_001);
  read("sid", cookies[0] ?? "");
  expect(verified()).toBe(10_002);
});

it("a flood of forged cookies is forgotten, and makes no genuine one forgotten", () => {
  const { counted, verified } = counting();
  const read = createTokenReader(counted);
  const cookie = cookieOf("a");
  read("sid", cookie);
  const forgedOf = (number: number): string =>
    cookieOf(`b${number}`).slice(0, -43) + "A".repeat(43);
  for (let number = 0; number < 2_000; number++) expect(read("sid", forgedOf(number))).toBeNull();
  const before = verified();
  expect(read("sid", cookie)).not.toBeNull();
  expect(verified()).toBe(before);
  expect(read("sid", forgedOf(0))).toBeNull();
  expect(verified()).toBe(before + 1);
});
