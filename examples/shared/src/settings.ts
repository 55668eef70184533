// The settings of an example app, all from the environment; see the README beside it.

import {
  type Environment,
  readDuration,
  readPort,
  readSecrets,
  readText,
  readTrustProxy,
} from "@latchkey/config";
import type { LoginLifetime } from "@latchkey/session-core";

export interface ExampleSettings {
  port: number;
  /** URL of the session store. */
  store: string;
  /** URL of the table of accounts. */
  users: string;
  keys: string[];
  lifetimes: Pick<LoginLifetime, "lifetime" | "idle">;
  trustProxy: number | string[] | false;
  seedUsers: string | null;
}

/** @throws {TypeError} One line that names the setting that is wrong or unsafe. */
export function readExampleSettings(env: Environment): ExampleSettings {
  return {
    port: readPort(env, "PORT", 3000),
    store: readText(env, "STORE") ?? "sqlite:./latchkey.db",
    users: readText(env, "USERS") ?? "sqlite:./latchkey.db",
    keys: readSecrets(env, "SESSION_KEYS", { file: "./session-keys.txt" }),
    lifetimes: {
      lifetime: readDuration(env, "LIFETIME") ?? "30d",
      idle: readDuration(env, "IDLE") ?? "off",
    },
    trustProxy: readTrustProxy(env, "TRUST_PROXY"),
    seedUsers: readText(env, "SEED_USERS"),
  };
}
