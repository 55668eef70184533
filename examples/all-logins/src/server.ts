// Starts the app and the servers that it logs people in with: npm start -- all-logins

import { createServer } from "node:http";
import { readPort, readSecrets } from "@latchkey/config";
import { fail, runApp } from "@latchkey/example-shared";
import { freePort } from "@latchkey/tools/free-port";
import { openApp } from "./open-app.ts";

try {
  const port = readPort(process.env, "PORT", 3000) || (await freePort());
  const keys = readSecrets(process.env, "SESSION_KEYS", { file: "./session-keys.txt" });
  const { app, close } = await openApp(`http://localhost:${port}`, ".", keys);
  runApp(createServer(app), port, close);
} catch (error) {
  fail(error);
}
