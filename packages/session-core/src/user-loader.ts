// Keeps `session.user` up to date without asking the user table more often than wanted.

import { type Duration, durationMs } from "./duration.ts";

/** The user with this id as it is now; `null` when there is none any more, or it is disabled. */
export type LoadUser<User> = (id: string) => User | null | Promise<User | null>;

interface Answer<User> {
  user: Promise<User | null>;
  askedAt: number;
  answered: boolean;
}

const MAX_REMEMBERED = 10_000;
/** An answer may be lost: after this long the next request asks again. */
const PATIENCE_MS = 2_000;

/** `null` where the snapshot of the login is good enough. */
export function createUserLoader<User>(
  loadUser: LoadUser<User> | undefined,
  every: Duration | undefined,
  now: () => number,
): ((id: string) => Promise<User | null>) | null {
  const everyMs = every === undefined ? 0 : durationMs(every, "loadUserEvery");
  if (loadUser === undefined) {
    if (every === undefined) return null;
    throw new TypeError("loadUserEvery needs loadUser");
  }
  if (typeof loadUser !== "function") throw new TypeError("loadUser must be a function");
  // Plain JavaScript says `undefined` for "not found": that too must end the session.
  const ask = async (id: string): Promise<User | null> => (await loadUser(id)) ?? null;
  if (everyMs === 0) return ask;
  const answers = new Map<string, Answer<User>>();

  return (id) => {
    const known = answers.get(id);
    const age = known === undefined ? -1 : now() - known.askedAt;
    const isFresh = age >= 0 && age < everyMs && (known?.answered === true || age < PATIENCE_MS);
    if (known !== undefined && isFresh) return known.user;
    // Many requests that wait for the same user wait for one question.
    const answer: Answer<User> = { user: ask(id), askedAt: now(), answered: false };
    const forget = (): void => {
      if (answers.get(id) === answer) answers.delete(id);
    };
    answers.delete(id);
    answers.set(id, answer);
    answer.user.then((user) => {
      answer.answered = true;
      // "Nobody" isn't kept: whoever is let in again is let in at once.
      if (user === null) forget();
    }, forget);
    const [oldest] = answers.keys();
    if (answers.size > MAX_REMEMBERED && oldest !== undefined) answers.delete(oldest);
    return answer.user;
  };
}
