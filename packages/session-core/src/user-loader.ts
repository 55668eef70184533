// Keeps `session.user` up to date without asking the user table more often than wanted.

import { type Duration, durationMs } from "./duration.ts";

/** The user with this id as it is now; `null` when there is none any more, or it is disabled. */
export type LoadUser<User> = (id: string) => User | null | Promise<User | null>;

interface Answer<User> {
  user: Promise<User | null>;
  askedAt: number;
}

const MAX_REMEMBERED = 10_000;

/** `null` where the snapshot of the login is good enough. */
export function createUserLoader<User>(
  loadUser: LoadUser<User> | undefined,
  every: Duration | undefined,
  now: () => number,
): ((id: string) => Promise<User | null>) | null {
  if (loadUser === undefined) return null;
  if (every === undefined) return async (id) => loadUser(id);
  const everyMs = durationMs(every, "loadUserEvery");
  const answers = new Map<string, Answer<User>>();

  return (id) => {
    const known = answers.get(id);
    if (known !== undefined && now() - known.askedAt < everyMs) return known.user;
    // Many requests that wait for the same user wait for one question.
    const user = Promise.resolve(id).then(loadUser);
    answers.delete(id);
    answers.set(id, { user, askedAt: now() });
    user.catch(() => answers.delete(id));
    const [oldest] = answers.keys();
    if (answers.size > MAX_REMEMBERED && oldest !== undefined) answers.delete(oldest);
    return user;
  };
}
