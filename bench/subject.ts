// Who is measured. The runner reads the names; the child process loads the one that it is told to.

import type { App } from "./express-app.ts";

/**
 * Gives an application three routes: `POST /enter` logs the user in and sets the data key `color`,
 * `GET /read` says the user's id and that key (`- -` for nobody), `POST /write` raises the key `n`
 * and says it.
 *
 * @param count To be called with a name for each call to the store.
 */
export type SetUp = (app: App, count: (call: string) => void) => void | Promise<void>;

export interface Subject {
  name: string;
  /** Installed by the benchmark itself, on demand. */
  peer: boolean;
  load(): Promise<{ setUp: SetUp }>;
}

export const subjects: readonly Subject[] = [
  { name: "bare", peer: false, load: () => import("./subjects/bare.ts") },
  { name: "express-session", peer: true, load: () => peer("express-session.mjs") },
  { name: "passport", peer: true, load: () => peer("passport.mjs") },
  { name: "better-auth", peer: true, load: () => peer("better-auth.mjs") },
  { name: "latchkey-memory", peer: false, load: () => import("./subjects/latchkey-memory.ts") },
  { name: "latchkey-sql", peer: false, load: () => import("./subjects/latchkey-sql.ts") },
];

// Not as a literal: the peers' packages, and so their types, are not there when types are checked.
function peer(file: string): Promise<{ setUp: SetUp }> {
  return import(new URL(`./peers/${file}`, import.meta.url).href);
}
