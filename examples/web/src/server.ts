// Starts the app with the settings of the environment.

import { createServer } from "node:http";
import { openStore } from "@latchkey/config";
import { fail, openUsers, readExampleSettings, runApp } from "@latchkey/example-shared";
import { startPurge } from "@latchkey/session-core";
import { createApp } from "./app.ts";
import { bridge } from "./bridge.ts";

try {
  const settings = readExampleSettings(process.env);
  const opened = await openStore(settings.store);
  const users = await openUsers(settings.users, settings.seedUsers);
  const stopPurge = startPurge(opened.store);
  const app = createApp(settings, opened.store, users);
  runApp(createServer(bridge(app)), settings.port, async () => {
    await stopPurge();
    await users.close();
    await opened.close();
  });
} catch (error) {
  fail(error);
}
