// Over HTTP, with a server that is killed and started again.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AppProcess, appProcess } from "@latchkey/testing";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { type Jar, keep, SECRET } from "./browser.ts";

const script = fileURLToPath(new URL("./app.ts", import.meta.url));
const start = appProcess(process.execPath, ["--conditions=@latchkey/source", script]);
const folder = mkdtempSync(join(tmpdir(), "latchkey-cookie-"));
const running: AppProcess[] = [];

afterEach(async () => {
  for (const app of running.splice(0)) await app.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Most of a start would be compiling. */
const NODE_COMPILE_CACHE = join(tmpdir(), "latchkey-cookie-compile-cache");

async function startApp(env: Record<string, string> = {}): Promise<AppProcess> {
  const app = await start({ KEYS: SECRET, NODE_COMPILE_CACHE, ...env });
  running.push(app);
  return app;
}

async function restart(app: AppProcess, env: Record<string, string>): Promise<AppProcess> {
  await app.kill();
  running.splice(running.indexOf(app), 1);
  return startApp(env);
}

interface Answer {
  user?: string | null;
  count?: number;
  length?: number;
  code?: string;
}

async function ask(app: AppProcess, path: string, jar: Jar): Promise<Answer> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const response = await fetch(app.url + path, { headers: { cookie } });
  for (const line of response.headers.getSetCookie()) keep(jar, line);
  return JSON.parse(await response.text());
}

describe("a server with sealed sessions", () => {
  it("logs in, counts, and is done with a copied cookie at once after the logout", async () => {
    const app = await startApp();
    const jar: Jar = new Map();
    await ask(app, "/count", jar);
    await ask(app, "/login?user=ann", jar);
    expect(await ask(app, "/count", jar)).toMatchObject({ user: "ann", count: 2 });
    expect([...jar.keys()].sort()).toEqual(["sid", "sid-data"]);
    const copy = new Map(jar);
    expect(await ask(app, "/", copy)).toMatchObject({ user: "ann" });
    await ask(app, "/logout", jar);
    expect(jar.size).toBe(0);
    expect(await ask(app, "/", copy)).toEqual({ user: null, count: 0, length: 0 });
  });

  it("row 7: a copied cookie stays dead when the server has been killed and started", async () => {
    const env = { REVOCATIONS: join(folder, "revocations.db") };
    let app = await startApp(env);
    const [leaving, staying, bob]: [Jar, Jar, Jar] = [new Map(), new Map(), new Map()];
    await ask(app, "/login?user=ann", leaving);
    await ask(app, "/login?user=ann", staying);
    await ask(app, "/login?user=bob", bob);
    const copies = [new Map(leaving), new Map(bob)] as const;
    await ask(app, "/logout", leaving);
    app = await restart(app, env);
    expect(await ask(app, "/", copies[0])).toMatchObject({ user: null });
    expect(await ask(app, "/", staying)).toMatchObject({ user: "ann" });
    await ask(app, "/revoke-all", bob);
    app = await restart(app, env);
    expect(await ask(app, "/", copies[1])).toMatchObject({ user: null });
    expect(await ask(app, "/", staying)).toMatchObject({ user: "ann" });
  });

  it("keeps one session of a user, of several logins at once, and tells the others", async () => {
    const app = await startApp();
    const older: Jar = new Map();
    await ask(app, "/login?user=ann", older);
    for (let round = 0; round < 3; round++) {
      const jars = Array.from({ length: 4 }, (): Jar => new Map());
      const told = await Promise.all(jars.map((jar) => ask(app, "/login?user=ann&single", jar)));
      const found = await Promise.all(jars.map((jar) => ask(app, "/", new Map(jar))));
      expect(found.filter(({ user }) => user === "ann")).toHaveLength(1);
      // Whoever is in was told so; who was told so and is out, was followed by another login.
      const index = found.findIndex(({ user }) => user === "ann");
      expect(told[index]).toMatchObject({ user: "ann" });
      expect(await ask(app, "/", new Map(older))).toMatchObject({ user: null });
    }
  });

  it("keeps sessions over a restart and a change of keys, with no state at all", async () => {
    let app = await startApp();
    const jar: Jar = new Map();
    await ask(app, "/login?user=ann", jar);
    app = await restart(app, { KEYS: `a newer secret of thirty-two characters,${SECRET}` });
    expect(await ask(app, "/count", jar)).toMatchObject({ user: "ann", count: 1 });
    app = await restart(app, { KEYS: "a newer secret of thirty-two characters" });
    expect(await ask(app, "/", jar)).toMatchObject({ user: null });
  });

  it("answers an error when a session doesn't fit, and keeps the one before", async () => {
    const app = await startApp();
    const jar: Jar = new Map();
    await ask(app, "/login?user=ann", jar);
    const before = new Map(jar);
    expect(await ask(app, "/fill?length=4000", jar)).toEqual({ code: "ERR_COOKIE_TOO_LARGE" });
    expect(jar).toEqual(before);
    expect(await ask(app, "/fill?length=2600", jar)).toMatchObject({ length: 2600 });
    expect(await ask(app, "/", jar)).toMatchObject({ user: "ann", length: 2600 });
  });

  it("answers 50 requests at once, writers among them", async () => {
    const app = await startApp();
    const jar: Jar = new Map();
    await ask(app, "/login?user=ann", jar);
    const paths = Array.from({ length: 50 }, (_, index) => (index % 5 === 0 ? "/count" : "/"));
    const answers = await Promise.all(paths.map((path) => ask(app, path, jar)));
    expect(new Set(answers.map(({ user }) => user))).toEqual(new Set(["ann"]));
    expect(await ask(app, "/", jar)).toMatchObject({ user: "ann" });
  });
});
