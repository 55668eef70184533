// A login page with codes by e-mail, a mailbox behind it, and browsers before it.

import { createLoginFlow, type LoginOptions } from "@latchkey/auth-core";
import {
  type Answer,
  type Browser,
  type Data,
  ORIGIN,
  type TestApp,
  testApp,
  type User,
} from "../../auth-core/test/test-app.ts";
import { type Flow, submit } from "../../auth-core/test/test-pages.ts";
import { type EmailCodeLoginOptions, emailCodeLogin } from "../src/index.ts";

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

/** Asks for a code. @returns The page that asks for it. */
export function ask(
  browser: Browser,
  flow: Flow,
  user = "ann@example.org",
  url = "/login",
): Promise<Answer> {
  return submit(browser, flow, url, { user });
}
