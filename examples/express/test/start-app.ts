// Starts the app of this folder as a process of its own, and makes room for its files.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AppProcess, appProcess } from "@latchkey/testing";
import { afterAll } from "vitest";
import { SEED_USERS, SESSION_KEYS } from "./visitor.ts";

const server = fileURLToPath(new URL("../src/server.ts", import.meta.url));
/** What Node.js has compiled once, so that the many starts of these tests take less. */
const compileCache = fileURLToPath(new URL("../node_modules/.cache/node", import.meta.url));

const started: AppProcess[] = [];
// Also what a failed test left behind.
afterAll(async () => {
  await Promise.all(started.map((app) => app.kill()));
});

interface StartOptions {
  /** More flags of Node's. */
  flags?: readonly string[];
  /** Where it runs. Default: a new empty folder. */
  cwd?: string;
}

/** Starts it with these settings and none else. */
export async function startApp(
  env: Readonly<Record<string, string>>,
  { flags = [], ...options }: StartOptions = {},
): Promise<AppProcess> {
  const args = [...flags, "--conditions=@latchkey/source", server];
  const app = await appProcess(
    process.execPath,
    args,
    options,
  )({
    NODE_COMPILE_CACHE: compileCache,
    ...env,
  });
  started.push(app);
  return app;
}

/** The usual settings, with files in this folder. */
export function settings(
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

/** A folder that is removed after the file's tests. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-express-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Stores that these tests run on, each as a setting. */
export function storesIn(folder: string): [name: string, store: string][] {
  return [
    ["memory", "memory:"],
    ["SQLite", `sqlite:${join(folder, "sessions.db")}`],
  ];
}
