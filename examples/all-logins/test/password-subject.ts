// A method whose form asks for a name and a password, for the login contract.

import type { LoginMethod } from "@latchkey/auth-core";
import type { LoginSubject, ResetJourney } from "@latchkey/testing";
import { fillIn } from "./form-journey.ts";
import { type Framework, serve } from "./hosts.ts";

interface Person {
  user: string;
  password: string;
  /** Where it is not the name. */
  userId?: string;
  /** More that must fail like a wrong password. */
  more?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Where it can be forgotten. */
  reset?: ResetJourney;
}

export async function passwordSubject(
  framework: Framework,
  method: LoginMethod<{ id: string }>,
  { user, password, userId = user, more = {}, reset }: Person,
): Promise<LoginSubject> {
  const { url, stop, events } = await serve(framework, method);
  const failing = {
    wrong: { user, password: "wrong" },
    unknown: { user: "eve", password },
    ...more,
  };
  return {
    url,
    stop,
    events,
    userId,
    begin: (browser, query) => fillIn(browser, `/login${query}`, { user, password }),
    failures: Object.fromEntries(
      Object.entries(failing).map(([name, fields]) => [
        name,
        (browser) => fillIn(browser, "/login", fields),
      ]),
    ),
    ...(reset === undefined ? {} : { reset }),
    secrets: () => [password],
  };
}
