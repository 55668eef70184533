// Starts an example app as its own `server.ts` does, but on any store of `openAnyStore`.

import type { Server } from "node:http";
import {
  type ExampleSettings,
  fail,
  openUsers,
  readExampleSettings,
  runApp,
  type Users,
} from "@latchkey/example-shared";
import { type Store, startPurge } from "@latchkey/session-core";
import { openAnyStore } from "./open-any-store.ts";

/** @param serve Makes the app's server, not listening yet. */
export async function runOnAnyStore(
  serve: (settings: ExampleSettings, store: Store, users: Users) => Server | Promise<Server>,
): Promise<void> {
  try {
    const settings = readExampleSettings(process.env);
    const opened = await openAnyStore(settings.store, settings.keys);
    const users = await openUsers(settings.users, settings.seedUsers);
    const stopPurge = startPurge(opened.store);
    runApp(await serve(settings, opened.store, users), settings.port, async () => {
      await stopPurge();
      await users.close();
      await opened.close();
    });
  } catch (error) {
    fail(error);
  }
}
