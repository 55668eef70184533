// A login page with codes by e-mail, a mailbox behind it, and browsers before it.

import type { LoginOptions } from "@latchkey/auth-core";
import { createLoginFlow, type FlowRequest } from "@latchkey/auth-core";
import type { Reply } from "@latchkey/session-core";
import {
  type Answer,
  type Browser,
  type Data,
  form,
  ORIGIN,
  type TestApp,
  testApp,
  type User,
} from "../../auth-core/test/test-app.ts";
import { type EmailCodeLoginOptions, emailCodeLogin } from "../src/index.ts";

export type Flow = (request: FlowRequest<User, Data>) => Promise<Reply>;

export interface CodeApp extends TestApp {
  flow: Flow;
  /** What `onError` of the method heard. */
  faults: unknown[];
}

export const loginUrl: string = `${ORIGIN}/login`;

export function codeApp(
  options: Omit<EmailCodeLoginOptions, "store">,
  flowOptions: LoginOptions<User, Data> = {},
): CodeApp {
  const app = testApp();
  const faults: unknown[] = [];
  const { store } = app;
  const { now } = app.context;
  const onError = (error: unknown): void => void faults.push(error);
  const method = emailCodeLogin({ store, now, onError, ...options });
  const flow = createLoginFlow<User, Data>(app.context, method, {
    delay: "1ms",
    throttle: false,
    ...flowOptions,
  });
  return { ...app, flow, faults };
}

/** The hidden fields of a page. */
function hiddenOf(html: string): Record<string, string> {
  const inputs = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  return Object.fromEntries([...inputs].map(([, name = "", value = ""]) => [name, value]));
}

/** Sends the form of a page with more fields. */
export function post(
  browser: Browser,
  flow: Flow,
  page: Pick<Answer, "body">,
  fields: Record<string, string> = {},
): Promise<Answer> {
  const [, url = "/login"] = /action="([^"]*)"/.exec(page.body) ?? [];
  return browser.send(flow, {
    method: "POST",
    url,
    headers: { ...form, origin: ORIGIN, accept: "text/html" },
    body: { ...hiddenOf(page.body), ...fields },
  });
}

/** Asks for a code. @returns The page that asks for it. */
export async function ask(
  browser: Browser,
  flow: Flow,
  user = "ann@example.org",
  url = "/login",
): Promise<Answer> {
  const page = await browser.send(flow, { url, headers: { accept: "text/html" } });
  return post(browser, flow, page, { user });
}
