// The app with the settings of the environment, the same for every runtime.

import { openStore } from "@latchkey/config";
import { openUsers, readExampleSettings } from "@latchkey/example-shared";
import { startPurge } from "@latchkey/session-core";
import { createApp, type FetchHandler } from "./app.ts";

export interface OpenedApp {
  readonly fetch: FetchHandler;
  /** Where it is to listen; 0 for any free one. */
  readonly port: number;
  /** Closes the stores, once the last answer is sent. */
  close(): Promise<void>;
}

/** @throws {TypeError} One line that names the setting that is wrong or unsafe. */
export async function openApp(env: Parameters<typeof readExampleSettings>[0]): Promise<OpenedApp> {
  const settings = readExampleSettings(env);
  const opened = await openStore(settings.store);
  const users = await openUsers(settings.users, settings.seedUsers);
  const stopPurge = startPurge(opened.store);
  return {
    fetch: createApp(settings, opened.store, users),
    port: settings.port,
    async close() {
      await stopPurge();
      await users.close();
      await opened.close();
    },
  };
}
