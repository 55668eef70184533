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

/** Puts a user, with what its login kept, beside the one who is logged in; not if `act` fails. */
export async function withLinkedUser<User extends { id: string }, Data extends object>(
  { data }: Session<User, Data>,
  linked: Readonly<Record<string, unknown>>,
  act: () => Promise<void>,
): Promise<void> {
  const before = new Map(Object.keys(linked).map((key) => [key, Reflect.get(data, key)]));
  Object.assign(data, linked);
  try {
    await act();
  } catch (error) {
    for (const [key, value] of before) {
      if (value === undefined) Reflect.deleteProperty(data, key);
      else Object.assign(data, { [key]: value });
    }
    throw error;
  }
}

/** Takes a linked user away, and writes it at once. What its login stored elsewhere stays there. */
export async function unlinkUser<User extends { id: string }, Data extends object>(
  session: Session<User, Data>,
  userKey: string,
): Promise<void> {
  Reflect.deleteProperty(session.data, userKey);
  await session.save();
}
