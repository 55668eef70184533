// A login page with all its pages beside it, a mailbox behind it, and browsers before it.

import { setTimeout as sleep } from "node:timers/promises";
import { createLoginFlow, type FlowRequest, type LoginOptions } from "@latchkey/auth-core";
import { smtpMailer } from "@latchkey/mail";
import type { Reply } from "@latchkey/session-core";
import { type Row, sqlTable, type Table } from "@latchkey/table";
import type { Mailbox } from "@latchkey/tools/mailbox";
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
import {
  createPasswordHasher,
  type DbLoginOptions,
  dbLogin,
  type PasswordHasher,
} from "../src/index.ts";
import { sqlite } from "./sqlite.ts";

export type Flow = (request: FlowRequest<User, Data>) => Promise<Reply>;

export const hasher: PasswordHasher = createPasswordHasher({
  memoryKiB: 64,
  passes: 1,
  allowWeak: true,
  queueLimit: 1_000,
});

export const oldPassword = "the old password of ann";
export const newPassword = "the new password of ann";

export interface AccountApp extends TestApp {
  flow: Flow;
  table: Table;
  /** What `onError` of the method heard. */
  faults: unknown[];
  row(user: string): Promise<Row | undefined>;
  /** Logs in, in a browser of its own unless there is one. */
  login(user: string, password: string, browser?: Browser): Promise<Browser>;
}

export async function usersTable(): Promise<Table> {
  const db = sqlite(
    "create table users (user text primary key, password text, email text, role text default 'reader', active text default 'yes', full_name text)",
  );
  const table = sqlTable(db, "users");
  const password = await hasher.hash(oldPassword);
  await table.insert({ user: "ann", password, email: "ann@example.org", full_name: "<b>Ann</b>" });
  await table.insert({ user: "bob", password, email: "bob@example.org", active: "no" });
  await table.insert({ user: "cat", password, email: "cat@example.org" });
  return table;
}

export async function accountApp(
  mailbox: Pick<Mailbox, "url">,
  options: Partial<DbLoginOptions> = {},
  flowOptions: LoginOptions<User, Data> = {},
): Promise<AccountApp> {
  const app = testApp();
  const faults: unknown[] = [];
  const table = options.table ?? (await usersTable());
  const method = dbLogin({
    hasher,
    isActive: (row) => row["active"] === "yes",
    store: app.store,
    mailer: smtpMailer(mailbox.url, { from: "Field Notes <app@example.com>" }),
    url: `${ORIGIN}/login`,
    now: app.context.now,
    onError: (error) => void faults.push(error),
    ...options,
    table,
  });
  const flow = createLoginFlow<User, Data>(app.context, method, { delay: "1ms", ...flowOptions });
  return {
    ...app,
    flow,
    table,
    faults,
    row: async (user) => (await table.find("user", user))[0],
    async login(user, password, browser = app.browser()) {
      await submit(browser, flow, "/login", { user, password });
      return browser;
    },
  };
}

/** Opens a page as a browser does. */
export function open(browser: Browser, flow: Flow, url: string, method = "GET"): Promise<Answer> {
  return browser.send(flow, { method, url, headers: { accept: "text/html" } });
}

/** Sends the form of a page. */
export function post(
  browser: Browser,
  flow: Flow,
  page: Pick<Answer, "body">,
  fields: Record<string, string> = {},
): Promise<Answer> {
  const [, url = "/login"] = /action="([^"]*)"/.exec(page.body) ?? [];
  const inputs = page.body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  const hidden = [...inputs].map(([, name = "", value = ""]) => [name, value]);
  return browser.send(flow, {
    method: "POST",
    url: url.replaceAll("&amp;", "&"),
    headers: { ...form, origin: ORIGIN, accept: "text/html" },
    body: { ...Object.fromEntries(hidden), ...fields },
  });
}

/** Opens a page, fills it in and sends it. */
export async function submit(
  browser: Browser,
  flow: Flow,
  url: string,
  fields: Record<string, string>,
): Promise<Answer> {
  return post(browser, flow, await open(browser, flow, url), fields);
}

/** The link in the newest mail to an address that has one, as a path. */
export async function linkIn(mailbox: Mailbox, to: string, count = 1): Promise<string> {
  const link = /https:\/\/app\.example(\/login\?\S+)/;
  for (let waited = 0; waited < 2_000; waited++) {
    const texts = mailbox.mails.filter((mail) => mail.to.includes(to)).map(({ mail }) => mail.text);
    const links = texts
      .map((text) => link.exec(text ?? "")?.[1])
      .filter((url) => url !== undefined);
    if (links.length >= count) return links.at(-1) ?? "";
    await sleep(5);
  }
  throw new Error(`no link came to ${to}`);
}

/** What must not differ between two answers. */
export function outside({ status, headers, body }: Answer, ...names: string[]): unknown {
  let text = body.replaceAll(/(name="_csrf" value=")[^"]*/g, "$1");
  for (const name of names) text = text.replaceAll(name, "NAME");
  return { status, headers, text };
}
