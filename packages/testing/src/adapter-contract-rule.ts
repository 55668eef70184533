// What all parts of the adapter contract share: the shape of a rule, the app, its accounts.

import { randomBytes } from "node:crypto";
import type { RunningApp } from "./adapter-contract.ts";
import type { Answer, Browser } from "./adapter-contract-browser.ts";

export interface AdapterRule {
  /** A sentence that says what the app does. */
  readonly name: string;
  /** It mostly waits, for a delay or an end of time, and runs beside all others that do. */
  readonly waits?: true;
  check(subject: AdapterSubject): Promise<void>;
}

export interface Account {
  readonly user: string;
  readonly password: string;
  readonly role: string;
}

/** The app under test. Rules share it; each uses browsers, and where it matters accounts, of its own. */
export interface AdapterSubject {
  /** A browser without cookies at the shared app, or at another one. */
  browser(headers?: Readonly<Record<string, string>>, app?: RunningApp): Browser;
  /** Account with the role `admin`. */
  readonly admin: Account;
  /** One with the role `member`, for all. */
  readonly member: Account;
  /** One with the role `member` that no other rule has. */
  newMember(): Account;
  /** Starts an app of its own with these settings over the usual ones; stops it afterwards. */
  withApp(
    env: Readonly<Record<string, string>>,
    use: (app: RunningApp) => Promise<void>,
  ): Promise<void>;
  /** Starts one only to see how that ends: the error's message is what the app printed. */
  startError(env: Readonly<Record<string, string>>): Promise<string | null>;
  /** A setting for `STORE`: an empty one. */
  newStore(): Promise<string>;
  /** Whether sessions survive a restart of the app. */
  readonly persistent: boolean;
  readonly shared: RunningApp;
  /** The secret that signs the shared app's sessions. */
  readonly sessionKey: string;
  /** Everything secret that was used so far and must not be printed. */
  readonly secrets: Secrets;
}

/** Notices secrets where they don't belong. */
export interface Secrets {
  add(secret: string): void;
  /** Looks through an answer, and remembers what its cookies hold. */
  watch(answer: Answer): void;
  /** Answers that had a secret in them. */
  readonly leaks: readonly string[];
  /** The secrets that a text holds. */
  foundIn(text: string): string[];
}

export function createSecrets(): Secrets {
  const secrets = new Set<string>();
  const leaks: string[] = [];
  const foundIn = (text: string): string[] =>
    [...secrets].filter((secret) => text.includes(secret));
  return {
    leaks,
    foundIn,
    add: (secret) => void secrets.add(secret),
    watch(answer) {
      for (const line of answer.setCookies) {
        // The part that can't be guessed: the signature.
        const mac = /\.([A-Za-z0-9_-]{43})(?:;|$)/.exec(line)?.[1];
        if (mac !== undefined) secrets.add(mac);
      }
      const rest = answer.rawHeaders.filter((_, index, all) => {
        return !/^set-cookie$/i.test(all[index - (index % 2)] ?? "");
      });
      const found = foundIn(`${answer.text}\n${rest.join("\n")}`);
      if (found.length > 0) leaks.push(`${answer.request} (status ${answer.status})`);
    },
  };
}

/** Nobody can guess it, nobody else has it, and it needs no escaping anywhere. */
export function randomText(bytes = 15): string {
  return randomBytes(bytes).toString("base64url");
}
