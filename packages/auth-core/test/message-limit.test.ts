import { memoryStore } from "@latchkey/store-memory";
import { expect, test } from "vitest";
import { createMessageLimit, type MessageLimit } from "../src/message-limit.ts";

let at = 1_000;
const now = (): number => at;
const limitOf = (options = {}): MessageLimit =>
  createMessageLimit(memoryStore({ now }), "otp", options, now);

async function count(limit: MessageLimit, asks: [address: string, ip: string][]): Promise<number> {
  const allowed = await Promise.all(asks.map(([address, ip]) => limit.allows(address, ip)));
  return allowed.filter(Boolean).length;
}

const times = (n: number, ask: (i: number) => [string, string]): [string, string][] =>
  Array.from({ length: n }, (_, i) => ask(i));

test("46: one network gets five messages to an address, side by side or not", async () => {
  const limit = limitOf();
  expect(
    await count(
      limit,
      times(50, () => ["ann@a.example", "192.0.2.1"]),
    ),
  ).toBe(5);
  expect(await limit.allows("ann@a.example", "192.0.2.2")).toBe(true);
});

test("46: addresses of one /64, and an IPv4 address spelled as IPv6, are one network", async () => {
  const limit = limitOf();
  const ask = (i: number): [string, string] => ["ann@a.example", `2001:db8:1:2::${i.toString(16)}`];
  expect(await count(limit, times(100, ask))).toBe(5);
  const mixed = (i: number): [string, string] => [
    "ann@a.example",
    i % 2 ? "192.0.2.1" : "::ffff:192.0.2.1",
  ];
  expect(await count(limit, times(20, mixed))).toBe(5);
});

test("an address gets twenty, whoever asks, and one network can't use them up", async () => {
  const limit = limitOf();
  expect(
    await count(
      limit,
      times(200, () => ["ann@a.example", "192.0.2.1"]),
    ),
  ).toBe(5);
  expect(
    await count(
      limit,
      times(100, (i) => ["ann@a.example", `198.51.100.${i}`]),
    ),
  ).toBe(15);
});

test("strangers who use an address's messages up don't keep its owner out", async () => {
  const limit = limitOf();
  await limit.trust("ann@a.example", "192.0.2.1");
  await limit.trust("ann@a.example", "192.0.2.1");
  await count(
    limit,
    times(100, (i) => ["ann@a.example", `198.51.100.${i}`]),
  );
  expect(await limit.allows("ann@a.example", "203.0.113.1")).toBe(false);
  expect(
    await count(
      limit,
      times(9, () => ["ann@a.example", "192.0.2.1"]),
    ),
  ).toBe(5);
  expect(await limit.allows("eve@a.example", "192.0.2.1")).toBe(true);
  at += 31 * 86_400_000;
  await count(
    limit,
    times(100, (i) => ["ann@a.example", `198.51.100.${i}`]),
  );
  expect(await limit.allows("ann@a.example", "192.0.2.1")).toBe(false);
});

test("a network gets a hundred", async () => {
  const limit = limitOf();
  expect(
    await count(
      limit,
      times(150, (i) => [`u${i}@a.example`, "192.0.2.1"]),
    ),
  ).toBe(100);
});

test("once a network has got its hundred, asking on writes nothing", async () => {
  const store = memoryStore({ now });
  const limit = createMessageLimit(store, "otp", {}, now);
  const records = async (): Promise<number> => {
    const page = await store.scan("", null, 1_000);
    return page.records.length;
  };
  for (let i = 0; i < 100; i++) await limit.allows(`u${i}@a.example`, "192.0.2.1");
  const before = await records();
  await count(
    limit,
    times(300, (i) => [`v${i}@a.example`, "192.0.2.1"]),
  );
  expect(await records()).toBe(before);
});

test("after the time, counting begins anew", async () => {
  const limit = limitOf({ perAddressAndNetwork: 1, within: "1m" });
  expect(await limit.allows("a", "192.0.2.1")).toBe(true);
  expect(await limit.allows("a", "192.0.2.1")).toBe(false);
  at += 60_000;
  expect(await limit.allows("a", "192.0.2.1")).toBe(true);
});

test("a wrong limit is refused at start", () => {
  expect(() => limitOf({ perAddress: Number.NaN })).toThrow(/limits\.perAddress/);
  expect(() => limitOf({ within: "soon" })).toThrow(/limits\.within/);
  expect(() => limitOf({ perNetwork: Infinity })).not.toThrow();
});
