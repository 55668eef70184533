// A second login beside the first (`userKey`): kept in the session's data, never used to decide what
// somebody may do.

import type { Session } from "@latchkey/session-core";

/** @throws {TypeError} That names the option: what only a login of its own can have. */
export function checkUserKey({ userKey, ...options }: Readonly<Record<string, unknown>>): void {
  if (userKey === undefined) return;
  if (typeof userKey !== "string" || userKey === "") {
    throw new TypeError("userKey must name a key of the session's data");
  }
  for (const name of ["lifetime", "idle", "singleSession"]) {
    if (!options[name]) continue;
    throw new TypeError(`${name} has no meaning with userKey: who is logged in stays as it is`);
  }
}

/** Puts a user beside the one who is logged in, and writes it at once. */
export async function linkUser<User extends { id: string }, Data extends object>(
  session: Session<User, Data>,
  userKey: string,
  user: User,
): Promise<void> {
  Object.assign(session.data, { [userKey]: user });
  await session.save();
}

/** Takes a linked user away, and writes it at once. */
export async function unlinkUser<User extends { id: string }, Data extends object>(
  session: Session<User, Data>,
  userKey: string,
): Promise<void> {
  Reflect.deleteProperty(session.data, userKey);
  await session.save();
}
