// From iron-session, with a real old application on node:http.

import { sealData, unsealData } from "iron-session";
import { describe, expect, it } from "vitest";
import { ironSessionCookie } from "../src/index.ts";
import { movedSuite, world } from "./moved-suite.ts";
import type { Options } from "./new-apps.ts";
import { ironApp, ironName, ironPassword } from "./old-apps.ts";
import { get } from "./serve.ts";

const password = ironPassword;
const unseal = (seal: string): Promise<unknown> => unsealData(seal, { password });

const from = [ironSessionCookie({ name: ironName, unseal })];

function ironWorld(options: Partial<Options> = {}, oldOptions = {}, login?: string) {
  return world(ironApp(oldOptions), { from, ...options }, login);
}

/** The version is not under the MAC: it must not make a new session of an old one. */
function otherVersions(header: string): string[] {
  expect(header).toContain("~2");
  return ["", "~1", "~3", "~2~"].map((version) => header.replace("~2", version));
}

describe("a person with a cookie of iron-session", () => {
  movedSuite(ironWorld, [ironName], otherVersions);

  it("is moved from a session that is split over several cookies", async () => {
    const { now, ada } = await ironWorld({}, { chunk: true }, "/login?big");
    expect([...ada.jar.keys()]).toEqual([`${ironName}.0`, `${ironName}.1`, `${ironName}.2`]);
    expect((await ada.get(now, "/me")).body).toMatch(/^ada: tea and more,/);
    expect([...ada.jar.keys()]).toEqual(["sid"]);
  });

  it("keeps no longer than what the seal had left", async () => {
    const { now, next, ada } = await ironWorld({}, { ttl: 3_600 });
    await ada.get(now, "/me");
    const [info] = await next.sessions();
    expect(info!.expiresAt - info!.createdAt).toBeLessThanOrEqual(3_600_000);
    expect(info!.expiresAt - info!.createdAt).toBeGreaterThan(3_500_000);
    const endless = await ironWorld({}, { ttl: 0 });
    const { setCookies } = await endless.ada.get(endless.now, "/me");
    expect(setCookies.find((line) => line.startsWith("sid="))).not.toContain("Max-Age");
  });

  it("is moved by an older password of a map", async () => {
    const passwords = { 1: "another password of 32 characters, or more", 2: password };
    const both = (seal: string) => unsealData(seal, { password: passwords });
    const from = [ironSessionCookie({ name: ironName, unseal: both })];
    const { now, ada } = await ironWorld({ from }, { password: passwords });
    expect((await ada.get(now, "/me")).body).toBe("ada: tea");
  });
});

it("nobody is logged in by forged, damaged, expired and oversized cookies", async () => {
  const { now, next, ada } = await ironWorld();
  const seal = ada.jar.get(ironName) ?? "";
  const another = "another password of 32 characters, or more";
  const parts = seal.split("*");
  parts[5] = String(Date.now() + 9e9);
  const expired = seal.split("*");
  expired[5] = "1";
  const bad = [
    `${ironName}=`,
    `${ironName}=%`,
    `${ironName}=Fe26.2`,
    `${ironName}=Fe26.2*******~2`,
    `${ironName}=${seal.slice(0, -4)}`,
    `${ironName}=${seal.slice(1)}`,
    `${ironName}=${parts.join("*")}`,
    `${ironName}=${expired.join("*")}`,
    `${ironName}=${await sealData({ userId: "ada" }, { password: another })}`,
    `${ironName}=${await sealData({}, { password })}`,
    `${ironName}=${await sealData("ada", { password })}`,
    `${ironName}=${await sealData({ userId: "ada" }, { password, ttl: -61 })}`,
    `${ironName}=${seal}; ${ironName}=${seal}`,
    `${ironName}=${seal}${"x".repeat(9_000)}`,
    `${ironName}.1=${seal}`,
  ];
  for (const header of bad) {
    const answer = await get(now, "/me", header);
    expect(answer, header.slice(0, 60)).toMatchObject({ status: 200, body: "nobody" });
    expect(answer.setCookies.filter((line) => line.startsWith("sid="))).toEqual([]);
  }
  expect(await next.stored()).toEqual([]);
  expect((await ada.get(now, "/me")).body).toBe("ada: tea");
});
