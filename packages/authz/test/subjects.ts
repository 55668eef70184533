// Subjects for tests, and a way to call `authorize` as plain JavaScript would: with anything.
import { type Authorizer, authorize, type Subject } from "../src/index.ts";

export function subject<User>(user: User, rest: Partial<Subject> = {}): Subject<User> {
  return { via: "session", scopes: [], mfa: false, roleAccount: false, ...rest, user };
}

export const plain = "You do not have permission to do this.";

/** Skips the types. Errors go to the list, if there is one. */
export function untyped(rule: unknown, errors: unknown[] = []): Authorizer<unknown> {
  const options = { onError: (error: unknown) => void errors.push(error) };
  return Reflect.apply<unknown, unknown[], Authorizer<unknown>>(loose, undefined, [rule, options]);
}

function loose(...args: unknown[]): Authorizer<unknown> {
  return Reflect.apply(authorize, undefined, args);
}
