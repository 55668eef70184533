// What a visitor of the example app does, over and over: log in, look who is logged in, log out.

import type { Answer, Browser } from "./adapter-contract-browser.ts";
import { at, expectStatus, numberAt, textAt } from "./adapter-contract-expect.ts";
import { formsOf, type PageForm } from "./adapter-contract-form.ts";
import type { Account } from "./adapter-contract-rule.ts";

/** The form of a page that posts. @throws {AssertionError} Where the page has none. */
export async function readForm(
  browser: Browser,
  path: string,
): Promise<PageForm & { path: string }> {
  const page = await browser.get(path);
  expectStatus(page, 200, `the page at ${path}`);
  const form = formsOf(page.text).find(({ method }) => method === "post");
  if (form === undefined) throw new Error(`the page at ${path} has no form that posts`);
  const action = new URL(form.action, browser.origin + path);
  return { ...form, path: action.pathname + action.search };
}

/** Fills in the login page and sends it, as a browser without scripts would. */
export async function submitLogin(
  browser: Browser,
  { user, password }: Pick<Account, "user" | "password">,
  { path = "/login", fields = {} }: { path?: string; fields?: Record<string, string> } = {},
): Promise<Answer> {
  const form = await readForm(browser, path);
  return browser.postForm(form.path, { ...form.fields, user, password, ...fields });
}

/** The same, where it is only a means. @returns The browser's session cookie. */
export async function logIn(browser: Browser, account: Account): Promise<string> {
  const answer = await submitLogin(browser, account);
  expectStatus(answer, [302, 303], "a login with the right password");
  return sessionCookie(browser);
}

export function loginJson(
  browser: Browser,
  { user, password }: Pick<Account, "user" | "password">,
  more: Record<string, unknown> = {},
): Promise<Answer> {
  return browser.sendJson("POST", "/login", { user, password, ...more });
}

/** Logs out by the form of the page that asks. */
export async function submitLogout(browser: Browser): Promise<Answer> {
  const form = await readForm(browser, "/logout");
  return browser.postForm(form.path, form.fields);
}

/** The name of the session's cookie: that of the app's default settings over plain http. */
export const SESSION_COOKIE = "sid";

/** The whole pair, for a `Cookie` header. */
export function sessionCookie(browser: Browser): string {
  const value = browser.jar.get(SESSION_COOKIE);
  if (value === null) throw new Error(`the browser has no cookie '${SESSION_COOKIE}'`);
  return `${SESSION_COOKIE}=${value}`;
}

/** The `Set-Cookie` lines of an answer that set the session's cookie. */
export function sessionCookieLines(answer: Answer): string[] {
  return answer.setCookies.filter((line) => line.startsWith(`${SESSION_COOKIE}=`));
}

/** The id of who is logged in; `null` is nobody. @param cookie Instead of the browser's own. */
export async function whoIs(browser: Browser, cookie?: string): Promise<string | null> {
  const headers = { accept: "application/json" };
  const answer = await browser.send("GET", "/api/me", {
    headers,
    ...(cookie === undefined ? {} : { cookie }),
  });
  expectStatus(answer, [200, 401], "GET /api/me");
  return answer.status === 401 ? null : textAt(answer.json(), "user", "id");
}

export interface SessionView {
  data: Record<string, unknown>;
  createdAt: number;
  lastSeenAt: number;
  expiresAt: number;
  csrfToken: string;
}

/** What `GET /api/session` tells. @param cookie Instead of the browser's own. */
export async function readSession(browser: Browser, cookie?: string): Promise<SessionView> {
  const answer = await browser.send("GET", "/api/session", {
    headers: { accept: "application/json" },
    ...(cookie === undefined ? {} : { cookie }),
  });
  expectStatus(answer, 200, "GET /api/session");
  const value = answer.json();
  const data = at(value, "data");
  if (typeof data !== "object" || data === null) throw new Error("GET /api/session has no data");
  return {
    data: Object.fromEntries(Object.entries(data)),
    createdAt: numberAt(value, "createdAt"),
    lastSeenAt: numberAt(value, "lastSeenAt"),
    expiresAt: numberAt(value, "expiresAt"),
    csrfToken: textAt(value, "csrfToken"),
  };
}

/** Header with the CSRF token of this browser's session. */
export async function csrfHeader(browser: Browser): Promise<Record<string, string>> {
  const { csrfToken } = await readSession(browser);
  return { "x-csrf-token": csrfToken };
}

/** Sets one key of the session's data. */
export function putData(
  browser: Browser,
  key: string,
  value: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  return browser.sendJson("PUT", `/api/session/data/${encodeURIComponent(key)}`, value, headers);
}
