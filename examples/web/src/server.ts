// Starts the app on Node.js, behind a bridge to node:http.

import { createServer } from "node:http";
import { fail, runApp } from "@latchkey/example-shared";
import { bridge } from "./bridge.ts";
import { openApp } from "./open-app.ts";

try {
  const app = await openApp(process.env);
  runApp(createServer(bridge(app.fetch)), app.port, app.close);
} catch (error) {
  fail(error);
}
