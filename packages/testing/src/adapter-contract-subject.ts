// The app that the rules share, started by the first that needs it, and its accounts.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AdapterContractOptions, RunningApp } from "./adapter-contract.ts";
import { Browser } from "./adapter-contract-browser.ts";
import {
  type Account,
  type AdapterSubject,
  createSecrets,
  randomText,
} from "./adapter-contract-rule.ts";

/** Enough for every rule that wants one for itself; each costs a password hash at the start. */
const MEMBERS = 40;

export function createSubject(options: AdapterContractOptions): {
  subject: () => Promise<AdapterSubject>;
  stop: () => Promise<void>;
} {
  const { start, newStore, persistent = false } = options;
  let folder = "";
  const sessionKey = randomText(32);
  const secrets = createSecrets();
  const admin: Account = { user: "ada", password: randomText(), role: "admin" };
  const members = Array.from({ length: MEMBERS }, (_, index): Account => {
    return { user: `member-${10 + index}`, password: randomText(), role: "member" };
  });
  for (const { password } of [admin, ...members]) secrets.add(password);
  secrets.add(sessionKey);
  const [member = admin] = members;
  const seed = (accounts: readonly Account[]): string =>
    accounts.map(({ user, password, role }) => `${user}:${password}:${role}`).join(",");
  const browsers: Browser[] = [];
  let apps = 0;
  let used = 1;
  let starting: Promise<AdapterSubject> | null = null;

  /** Settings for one more app; its accounts come first in the list that it shares with us. */
  async function settings(
    accounts: readonly Account[],
    own: Readonly<Record<string, string>>,
  ): Promise<Record<string, string>> {
    apps += 1;
    const users = join(folder, `users-${apps}.db`); // Before others count on.
    return {
      PORT: "0",
      STORE: own["STORE"] ?? (await newStore()),
      USERS: `sqlite:${users}`,
      SESSION_KEYS: sessionKey,
      SEED_USERS: seed(accounts),
      ...own,
    };
  }

  async function create(): Promise<AdapterSubject> {
    // Not before: a runner may skip every rule, and then has nothing done after them.
    folder = mkdtempSync(join(tmpdir(), "latchkey-contract-"));
    const shared = await start(await settings([admin, ...members], {}));
    const few = [admin, member];
    return {
      shared,
      admin,
      member,
      sessionKey,
      secrets,
      persistent,
      newStore: async () => newStore(),
      browser(headers = {}, app = shared) {
        const browser = new Browser(app.url, { headers, onAnswer: secrets.watch });
        browsers.push(browser);
        return browser;
      },
      newMember() {
        const own = members[used];
        used += 1;
        if (own === undefined) throw new Error("too few accounts: a bug of the contract");
        return own;
      },
      async withApp(env, use) {
        const app = await start(await settings(few, env));
        try {
          await use(app);
        } finally {
          await app.stop();
        }
      },
      async startError(env) {
        let app: RunningApp;
        try {
          app = await start(await settings(few, env));
        } catch (error) {
          return error instanceof Error ? error.message : String(error);
        }
        await app.stop();
        return null;
      },
    };
  }

  return {
    subject() {
      starting ??= create();
      return starting;
    },
    async stop() {
      for (const browser of browsers) browser.close();
      const subject = await starting?.catch(() => null);
      await subject?.shared.stop();
      if (folder !== "") rmSync(folder, { recursive: true, force: true });
    },
  };
}
