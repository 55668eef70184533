// Started with no settings at all: it makes what it needs, safely, and finds it again.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { tempFolder } from "@latchkey/example-shared/start-app";
import { Visitor } from "@latchkey/example-shared/visitor";
import { expect, test } from "vitest";
import { startApp } from "./start-app.ts";

const cwd = tempFolder();

let cookie = "";

test("the first start prints two accounts, the next one nothing secret, and sessions go on", async () => {
  const first = await startApp({ PORT: "0" }, { cwd });
  const accounts = [...first.output().matchAll(/(\w+) \((\w+)\), password (\S+)/g)];
  expect(accounts.map(([, , role]) => role).sort()).toEqual(["admin", "member"]);
  const [[, user = "", , password = ""] = []] = accounts;
  expect(password.length).toBeGreaterThanOrEqual(15);
  cookie = await new Visitor(first.url).logIn({ user, password });
  expect(await first.stop()).toBe(0);

  const second = await startApp({ PORT: "0" }, { cwd });
  expect(second.output()).not.toMatch(/password/i);
  expect((await new Visitor(second.url).look(cookie)).user).toBe(user);
  expect(await second.stop()).toBe(0);
});

test("the key that it made is random, kept in a file, and nobody else's to read", () => {
  const path = keyFile();
  expect(readFileSync(path, "utf8").trim().length).toBeGreaterThanOrEqual(32);
  if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
  const drafts = readdirSync(cwd).filter((name) => /tmp|\.\d+\./.test(name));
  expect(drafts).toEqual([]);
});

test("nothing in its database opens a session or an account", () => {
  const names = readdirSync(cwd).filter((name) => /\.db/.test(name));
  const texts = names.map((name) => readFileSync(join(cwd, name), "latin1")).join("");
  expect(texts).toContain("$argon2id$");
  const mac = cookie.split(".").at(-1) ?? "";
  expect(mac.length).toBe(43);
  for (const secret of [mac, readFileSync(keyFile(), "utf8").trim()]) {
    expect(texts.includes(secret)).toBe(false);
  }
});

function keyFile(): string {
  const names = readdirSync(cwd).filter((name) => /key/i.test(name) && !/\.db/.test(name));
  expect(names.length).toBe(1);
  return join(cwd, names[0] ?? "");
}

test("three first starts at once share one set of accounts, each printed once", async () => {
  const shared = tempFolder();
  const apps = await Promise.all([1, 2, 3].map(() => startApp({ PORT: "0" }, { cwd: shared })));
  const printed = apps.flatMap((app) => [
    ...app.output().matchAll(/account (\w+) .*password (\S+)/g),
  ]);
  expect(printed.map(([, user]) => user).sort()).toEqual(["alpha", "beta"]);
  for (const [, user = "", password = ""] of printed) {
    for (const app of apps) await new Visitor(app.url).logIn({ user, password });
  }
});
