// The adapter contract for the app on another runtime than Node.js.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newSqliteStore } from "@latchkey/example-shared/start-app";
import { type AppProcess, adapterContract, appProcess } from "@latchkey/testing";
import type { Missing } from "@latchkey/tools/missing";
import type { Runtime } from "@latchkey/tools/runtime";
import { afterAll, describe, test } from "vitest";
import { expectManyWritesKept } from "./many-writes.ts";

/**
 * Registers the tests, or skips them with the reason where the runtime is not there.
 *
 * @param args What it is given to run the app.
 */
export function runtimeContract(runtime: Runtime | Missing, args: readonly string[]): void {
  if ("missing" in runtime) {
    console.error(`tests are skipped: ${runtime.missing}`);
    test.skip(runtime.missing);
    return;
  }
  const { program, version } = runtime;
  describe(version, () => {
    const start = starter(program, args);
    const memory = (): string => "memory:";
    describe("memory", () => {
      adapterContract({ test, after: afterAll, start, newStore: memory });
      test("fifty parallel writes of different keys are all kept", async () => {
        const app = await start({
          PORT: "0",
          STORE: memory(),
          USERS: "csv:./users.csv",
          SESSION_KEYS: "a-secret-of-the-tests-0123456789abcdef",
        });
        await expectManyWritesKept(app);
        await app.stop();
      });
    });
    describe("SQLite", () => {
      const newStore = newSqliteStore();
      const store = { newStore, persistent: true, storeOnly: true };
      adapterContract({ test, after: afterAll, start, ...store });
    });
  });
}

type Start = (env: Readonly<Record<string, string>>) => Promise<AppProcess>;

function starter(program: string, args: readonly string[]): Start {
  const start = appProcess(program, args);
  const started: AppProcess[] = [];
  // Deno keeps there what it has compiled; without, it takes the home folder.
  const cache = mkdtempSync(join(tmpdir(), "latchkey-runtime-"));
  // Also what a failed test left behind.
  afterAll(async () => {
    await Promise.all(started.map((app) => app.kill()));
    rmSync(cache, { recursive: true, force: true });
  });
  return async (env) => {
    const app = await start({ DENO_DIR: cache, DENO_NO_UPDATE_CHECK: "1", ...env });
    started.push(app);
    return app;
  };
}
