// A login page with all its pages beside it, a mailbox behind it, and browsers before it.

import { setTimeout as sleep } from "node:timers/promises";
import { createLoginFlow, type LoginOptions } from "@latchkey/auth-core";
import { smtpMailer } from "@latchkey/mail";
import { type Row, sqlTable, type Table } from "@latchkey/table";
import { type Mailbox, startMailbox } from "@latchkey/tools/mailbox";
import { onTestFinished } from "vitest";
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
import { type DbLoginOptions, dbLogin } from "../src/index.ts";
import { sqlite } from "./sqlite.ts";
import { hasher } from "./weak-hasher.ts";

export const oldPassword = "the old password of ann";
export const newPassword = "the new password of ann";

export interface AccountApp extends TestApp {
  flow: Flow;
  /** Of this application alone: mails that follow an answer may come after the test. */
  mailbox: Mailbox;
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

/** For one test, which stops its mailbox. */
export async function accountApp(
  options: Partial<DbLoginOptions> = {},
  flowOptions: LoginOptions<User, Data> = {},
): Promise<AccountApp> {
  const app = testApp();
  const mailbox = await startMailbox();
  onTestFinished(() => mailbox.stop());
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
    mailbox,
    table,
    faults,
    row: async (user) => (await table.find("user", user))[0],
    async login(user, password, browser = app.browser()) {
      await submit(browser, flow, "/login", { user, password });
      return browser;
    },
  };
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
