// The published suite for a way of logging in: what must hold whatever the method and the framework.

import { Browser } from "./adapter-contract-browser.ts";
import { loginRules } from "./login-contract-rules.ts";

/** The request that ends a journey: a form that is sent, or a provider's answer. */
export interface LastStep {
  readonly method: "GET" | "POST";
  /** Path and query at the app. */
  readonly path: string;
  /** The form's fields, the CSRF token among them where there is one. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** How a forgotten password is set anew, at an account of its own. */
export interface ResetJourney {
  /** The id of the user that {@link begin} logs in. */
  readonly userId: string;
  /** A login up to its last request. @param password The account's own until another one is set. */
  begin(browser: Browser, password: string | null): Promise<LastStep>;
  /** Has a link mailed, and gives its path and query. */
  ask(browser: Browser): Promise<string>;
  /** Opens the link, and fills in a new password. */
  fill(browser: Browser, link: string, password: string): Promise<LastStep>;
}

/** A running app with the routes of the example app, that logs in by one method at `/login`. */
export interface LoginSubject {
  /** Such as `http://localhost:3000`. */
  readonly url: string;
  /** The id of the user that the journeys log in. */
  readonly userId: string;
  /** Everything up to the last request. @param query For the login page, e.g. `?next=%2Fa`. */
  begin(browser: Browser, query: string): Promise<LastStep>;
  /**
   * Journeys that fail and must not be told apart by their answers: wrong, unknown, disabled. Empty
   * where a provider asks for the password.
   */
  readonly failures: Readonly<Record<string, (browser: Browser) => Promise<LastStep>>>;
  /** Where passwords are forgotten, and set anew behind a mailed link. */
  readonly reset?: ResetJourney;
  /** Everything that was ever told of logins, as text, a line each: the log or the audit table. */
  events(): Promise<string>;
  /** What must never be in it, or in an address: passwords, codes, tokens that were used. */
  secrets(): readonly string[];
  stop(): Promise<void>;
}

export interface LoginContractOptions {
  /** Any runner's test function: that of vitest, `node:test`, … */
  readonly test: (name: string, fn: () => Promise<void>) => unknown;
  /** The runner's function for what is done after all tests: `afterAll`, or `after` of `node:test`. */
  readonly after: (fn: () => Promise<void>) => unknown;
  /** Called once, by the first test. */
  readonly start: () => Promise<LoginSubject>;
}

/**
 * Registers one test for every rule of a login with your test runner.
 *
 * Every rule makes journeys of its own, at most six: allow the method as many in a row.
 */
export function loginContract({ test, after, start }: LoginContractOptions): void {
  let starting: Promise<LoginSubject> | null = null;
  const browsers: Browser[] = [];
  for (const { name, check } of loginRules) {
    test(`login contract: ${name}`, async () => {
      starting ??= start();
      const subject = await starting;
      await check(subject, () => {
        const browser = new Browser(subject.url);
        browsers.push(browser);
        return browser;
      });
    });
  }
  after(async () => {
    for (const browser of browsers) browser.close();
    await (await starting?.catch(() => null))?.stop();
  });
}
