// From iron-session, with a real old application on node:http.

import { sealData, unsealData } from "iron-session";
import { describe, expect, it } from "vitest";
import { ironSessionCookie } from "../src/index.ts";
import { newPlainApp, type Options } from "./new-apps.ts";
import { ironApp, ironName, ironPassword } from "./old-apps.ts";
import { browser, get, serve } from "./serve.ts";

const password = ironPassword;
const unseal = (seal: string): Promise<unknown> => unsealData(seal, { password });

async function world(options: Partial<Options> = {}, oldOptions = {}, login = "/login") {
  const old = await serve(ironApp(oldOptions));
  const ada = browser();
  await ada.get(old, login);
  const header = [...ada.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const next = newPlainApp({ from: [ironSessionCookie({ name: ironName, unseal })], ...options });
  return { old, now: await serve(next.app), next, ada, header };
}

describe("a person with a cookie of iron-session", () => {
  it("is logged in without a login, and the old cookie is removed", async () => {
    const { now, ada } = await world();
    expect([...ada.jar.keys()]).toEqual([ironName]);
    expect(await ada.get(now, "/me")).toMatchObject({ status: 200, body: "ada: tea" });
    expect([...ada.jar.keys()]).toEqual(["sid"]);
    expect(await ada.get(now, "/me")).toMatchObject({ body: "ada: tea", setCookies: [] });
  });

  it("is not logged in by any copy of the old cookie once the moment is over", async () => {
    let time = Date.now();
    const { now, next, ada, header } = await world({ now: () => time });
    await ada.get(now, "/me");
    await ada.get(now, "/leave");
    time += 10_000;
    expect((await get(now, "/me", header)).body).toBe("nobody");
    // The version is not under the MAC: it must not make a new session of an old one.
    expect(header).toContain("~2");
    for (const version of ["", "~1", "~3", "~2~"]) {
      expect((await get(now, "/me", header.replace("~2", version))).body).toBe("nobody");
    }
    expect(await next.sessions()).toEqual([]);
  });

  it("sends 50 requests at once: each is answered as theirs", async () => {
    const { now, header } = await world();
    const answers = await Promise.all(Array.from({ length: 50 }, () => get(now, "/me", header)));
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(["ada: tea"]));
  });

  it("is moved from a session that is split over several cookies", async () => {
    const { now, ada } = await world({}, { chunk: true }, "/login?big");
    expect([...ada.jar.keys()]).toEqual([`${ironName}.0`, `${ironName}.1`, `${ironName}.2`]);
    expect((await ada.get(now, "/me")).body).toMatch(/^ada: tea and more,/);
    expect([...ada.jar.keys()]).toEqual(["sid"]);
  });

  it("keeps no longer than what the seal had left", async () => {
    const { now, next, ada } = await world({}, { ttl: 3_600 });
    await ada.get(now, "/me");
    const [info] = await next.sessions();
    expect(info!.expiresAt - info!.createdAt).toBeLessThanOrEqual(3_600_000);
    expect(info!.expiresAt - info!.createdAt).toBeGreaterThan(3_500_000);
    const endless = await world({}, { ttl: 0 });
    const { setCookies } = await endless.ada.get(endless.now, "/me");
    expect(setCookies.find((line) => line.startsWith("sid="))).not.toContain("Max-Age");
  });

  it("is moved by an older password of a map", async () => {
    const passwords = { 1: "another password of 32 characters, or more", 2: password };
    const both = (seal: string) => unsealData(seal, { password: passwords });
    const from = [ironSessionCookie({ name: ironName, unseal: both })];
    const { now, ada } = await world({ from }, { password: passwords });
    expect((await ada.get(now, "/me")).body).toBe("ada: tea");
  });
});

it("nobody is logged in by forged, damaged, expired and oversized cookies", async () => {
  const { now, next, ada } = await world();
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
