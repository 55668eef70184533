// Express, typed by way of the adapter: its types know what an application is.

import { createRequire } from "node:module";
import type { Latchkey } from "@latchkey/adapter-express";

export interface User {
  id: string;
  name: string;
}

export interface Data {
  color: string;
  n: number;
}

type Request = Parameters<Latchkey<User, Data>["session"]>[0];
export type App = Request["app"];

const require = createRequire(import.meta.url);
const express: () => App = require("express");

/** An application with Express's own defaults; the same for every subject. */
export function createApp(): App {
  return express();
}
