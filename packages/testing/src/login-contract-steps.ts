// What the rules of the login contract share: their shape, and journeys to the end.

import type { Answer, Browser } from "./adapter-contract-browser.ts";
import { expectEqual, expectStatus } from "./adapter-contract-expect.ts";
import { whoIs } from "./adapter-contract-steps.ts";
import type { LastStep, LoginSubject } from "./login-contract.ts";

export interface LoginRule {
  readonly name: string;
  check(subject: LoginSubject, newBrowser: () => Browser): Promise<void>;
}

export async function logIn(subject: LoginSubject, browser: Browser): Promise<Answer> {
  const answer = await send(browser, await subject.begin(browser, ""));
  expectStatus(answer, 303, "a login");
  expectEqual(await whoIs(browser), subject.userId, "who is logged in");
  return answer;
}

export function send(
  browser: Browser,
  { method, path, fields }: LastStep,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return method === "GET"
    ? browser.get(path, headers)
    : browser.postForm(path, fields ?? {}, headers);
}
