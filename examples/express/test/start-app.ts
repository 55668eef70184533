// Starts the app of this folder as a process of its own, with the settings of these tests.

import { join } from "node:path";
import { appStarter, type StartApp, tempFolder } from "@latchkey/example-shared/start-app";
import type { Account } from "@latchkey/example-shared/visitor";
import type { AppProcess } from "@latchkey/testing";
import { afterAll } from "vitest";

/** Accounts that every app of these tests starts with. */
export const alpha: Account = { user: "alpha", password: "correct horse battery" };
export const beta: Account = { user: "beta", password: "staple of another kind" };
const SEED_USERS = `${alpha.user}:${alpha.password}:admin,${beta.user}:${beta.password}:member`;
export const SESSION_KEYS = "end-to-end-Tests-only-0123456789-abcdef";

/** Starts it with these settings and none else. */
export const startApp: StartApp = appStarter(new URL("../src/server.ts", import.meta.url));

/** The usual settings, with files in this folder. */
function settings(
  folder: string,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const users = `sqlite:${join(folder, "users.db")}`;
  return { PORT: "0", STORE: "memory:", USERS: users, SESSION_KEYS, SEED_USERS, ...own };
}

/** Starts it before the file's tests and stops it afterwards. */
export async function appForAll(
  own: Readonly<Record<string, string>>,
  folder: string = tempFolder(),
  flags: readonly string[] = [],
): Promise<AppProcess> {
  const app = await startApp(settings(folder, own), { flags });
  afterAll(async () => {
    await app.stop();
  });
  return app;
}

/** Stores that these tests run on, each as a setting. */
export function storesIn(folder: string): [name: string, store: string][] {
  return [
    ["memory", "memory:"],
    ["SQLite", `sqlite:${join(folder, "sessions.db")}`],
  ];
}
