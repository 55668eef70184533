// Keys that change while we run, and providers that are asked by many at once.
import type { ServerResponse } from "node:http";
import { jwtVerify } from "jose";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { oidcLogin } from "../src/index.ts";
import { createProviderKeys } from "../src/provider-keys.ts";
import { createMetadataReader } from "../src/provider-metadata.ts";
import { Browser } from "./browser.ts";
import { CLIENT, type HostileProvider, startHostile } from "./hostile-provider.ts";
import { startRp } from "./rp-server.ts";

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

/** Takes the provider away: it is asked, but has no answer. */
function goAway(): void {
  const away = (response: ServerResponse): void => void response.writeHead(503).end();
  op.lies = { jwks: away, discovery: away };
}

test("keys that are known go on being used while the provider is away, for a day", async () => {
  let time = 0;
  const url = new URL(`${op.issuer}/jwks`);
  const keys = createProviderKeys(url, { publicOnly: false, now: () => time });
  const token = await op.sign({ sub: "ann" });
  const asked = (): number => op.asked.get("/jwks") ?? 0;
  await jwtVerify(token, keys);
  goAway();
  for (time = 599_000; time < 86_400_000; time += 600_000) await jwtVerify(token, keys);
  expect(asked()).toBe(144);
  // While it is away it isn't asked at every login, but once more in the time that has passed.
  for (let i = 0; i < 50; i++) await jwtVerify(token, keys);
  expect(asked()).toBe(145);
  time = 86_400_000 + 600_000;
  await expect(jwtVerify(token, keys)).rejects.toHaveProperty("code", "ERR_PROVIDER_UNAVAILABLE");
  op.lies = {};
  time += 60_000;
  await jwtVerify(token, keys);
  // What it says counts at once: a key that it took back is worth nothing.
  op.rotate();
  time += 600_000;
  await expect(jwtVerify(token, keys)).rejects.toHaveProperty("code", "ERR_JWKS_NO_MATCHING_KEY");
});

test("a new key that can't be fetched is the provider's fault, and is fetched when it is back", async () => {
  let time = 0;
  const url = new URL(`${op.issuer}/jwks`);
  const keys = createProviderKeys(url, { publicOnly: false, now: () => time });
  await jwtVerify(await op.sign({ sub: "ann" }), keys);
  op.rotate();
  const token = await op.sign({ sub: "ann" });
  goAway();
  time = 30_000;
  for (let i = 0; i < 20; i++) {
    await expect(jwtVerify(token, keys)).rejects.toHaveProperty("code", "ERR_PROVIDER_UNAVAILABLE");
  }
  expect(op.asked.get("/jwks")).toBe(3);
  op.lies = {};
  time = 31_000;
  await jwtVerify(token, keys);
  expect(op.asked.get("/jwks")).toBe(4);
});

test.each([
  ["no list", { keys: {} }],
  ["a list of other things", { keys: [null] }],
  ["nothing", {}],
])("a key set that holds %s is the provider's fault", async (_, set) => {
  op.lies.jwks = (response) => void response.end(JSON.stringify(set));
  const keys = createProviderKeys(new URL(`${op.issuer}/jwks`), { publicOnly: false });
  const verified = jwtVerify(await op.sign({ sub: "ann" }), keys);
  await expect(verified).rejects.toHaveProperty("code", "ERR_PROVIDER_ANSWER");
});

test("discovery: a provider that is away is asked again after ever longer pauses", async () => {
  let time = 0;
  const read = createMetadataReader({ issuer: op.issuer, cacheFor: "1h", now: () => time });
  const asked = (): number => op.asked.get("/.well-known/openid-configuration") ?? 0;
  const fails = async (): Promise<void> => {
    const many = Array.from({ length: 20 }, () => expect(read()).rejects.toThrow(/503/));
    await Promise.all(many);
  };
  goAway();
  await fails();
  // The first failure may be a hiccup; then 1 s, 2 s, 4 s … 60 s.
  for (const [at, requests] of [
    [0, 2],
    [999, 2],
    [1_000, 3],
    [2_999, 3],
    [3_000, 4],
    [6_999, 4],
    [7_000, 5],
  ] as const) {
    time = at;
    await fails();
    expect(asked()).toBe(requests);
  }
  const before = asked();
  for (; time < 3_600_000; time += 500) await expect(read()).rejects.toThrow(/503/);
  expect(asked() - before).toBeLessThanOrEqual(62);
  op.lies = {};
  time += 60_000;
  await expect(read()).resolves.toHaveProperty("issuer", op.issuer);
  goAway();
  time += 3_600_000;
  // Old metadata is better than none, and after an answer the pauses begin anew.
  const start = asked();
  for (let i = 0; i < 20; i++) await expect(read()).resolves.toHaveProperty("issuer", op.issuer);
  expect(asked() - start).toBe(2);
});

test("logins while the provider is away: one request for all of them, and one more try", async () => {
  const rp = await startRp();
  const time = Date.now();
  const login = oidcLogin({
    ...CLIENT,
    issuer: op.issuer,
    now: () => time,
    onError: (error) => rp.faults.push(error),
  });
  rp.mount("/login", login);
  goAway();
  for (let i = 0; i < 20; i++) {
    expect((await new Browser().send(`${rp.origin}/login`)).status).toBe(503);
  }
  expect(op.asked.get("/.well-known/openid-configuration")).toBe(2);
  expect(rp.faults).toHaveLength(20);
  await rp.stop();
});
