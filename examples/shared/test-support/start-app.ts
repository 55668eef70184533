// For the tests of every example: starts its app as a process of its own, and makes room for files.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AppProcess, appProcess } from "@latchkey/testing";
import { afterAll } from "vitest";

interface StartOptions {
  /** More flags of Node's. */
  flags?: readonly string[];
  /** Where it runs. Default: a new empty folder. */
  cwd?: string;
}

/** Starts an app with these settings and none else. */
export type StartApp = (
  env: Readonly<Record<string, string>>,
  options?: StartOptions,
) => Promise<AppProcess>;

/**
 * @param server The app's own file: `new URL("../src/server.ts", import.meta.url)`.
 * @returns Starts it; what still runs after the file's tests is killed.
 */
export function appStarter(server: URL): StartApp {
  /** What Node.js has compiled once, so that the many starts of these tests take less. */
  const compileCache = fileURLToPath(new URL("../node_modules/.cache/node", server));
  const started: AppProcess[] = [];
  // Also what a failed test left behind.
  afterAll(async () => {
    await Promise.all(started.map((app) => app.kill()));
  });
  return async (env, { flags = [], ...options } = {}) => {
    const args = [...flags, "--conditions=@latchkey/source", fileURLToPath(server)];
    const start = appProcess(process.execPath, args, options);
    const app = await start({ NODE_COMPILE_CACHE: compileCache, ...env });
    started.push(app);
    return app;
  };
}

/** A folder that is removed after the file's tests. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-example-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** For `newStore` of the adapter contract: an empty SQLite file each time. */
export function newSqliteStore(): () => string {
  const folder = tempFolder();
  let stores = 0;
  return () => {
    stores += 1;
    return `sqlite:${join(folder, `sessions-${stores}.db`)}`;
  };
}
