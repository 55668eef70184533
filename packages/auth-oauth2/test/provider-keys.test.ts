// Keys that change while we run, and providers that are asked by many at once.
import { jwtVerify } from "jose";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createProviderKeys } from "../src/provider-keys.ts";
import { createMetadataReader } from "../src/provider-metadata.ts";
import { type HostileProvider, startHostile } from "./hostile-provider.ts";

let op: HostileProvider;
beforeAll(async () => {
  op = await startHostile();
});
afterAll(() => op.stop());
beforeEach(() => {
  op.lies = {};
  op.asked.clear();
});

test("a key that is new is fetched once the cooldown is over", async () => {
  const url = new URL(`${op.issuer}/jwks`);
  const [eager, calm] = [0, 60_000].map((cooldownMs) =>
    createProviderKeys(url, { publicOnly: false, cooldownMs }),
  );
  if (!eager || !calm) throw new Error("no keys");
  const first = await op.sign({ sub: "ann" });
  await jwtVerify(first, eager);
  await jwtVerify(first, calm);
  op.rotate();
  const second = await op.sign({ sub: "ann" });
  await expect(jwtVerify(second, eager)).resolves.toBeDefined();
  for (let i = 0; i < 5; i++) await expect(jwtVerify(second, calm)).rejects.toThrow();
  expect(op.asked.get("/jwks")).toBe(3);
  // What the old key signed is over as well.
  await expect(jwtVerify(first, eager)).rejects.toThrow();
});

test("discovery: one request for many, again when it is old, and after a failure", async () => {
  let time = 0;
  const read = createMetadataReader({ issuer: op.issuer, cacheFor: "1h", now: () => time });
  const asked = (): number | undefined => op.asked.get("/.well-known/openid-configuration");
  op.lies.discovery = (response) => void response.writeHead(500).end();
  await expect(read()).rejects.toHaveProperty("code", "ERR_PROVIDER_UNAVAILABLE");
  op.lies = {};
  const all = await Promise.all(Array.from({ length: 50 }, () => read()));
  expect(all[49]?.tokenEndpoint.href).toBe(`${op.issuer}/token`);
  expect(asked()).toBe(2);
  time = 3_599_999;
  await read();
  expect(asked()).toBe(2);
  time = 3_600_000;
  await read();
  expect(asked()).toBe(3);
});
