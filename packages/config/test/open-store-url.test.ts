// URLs of servers: whatever is wrong with one, its password is nowhere in the error.

import { describe, expect, it } from "vitest";
import { openStore } from "../src/index.ts";
import { shown } from "./shown.ts";

/** Two halves, as a URL that is cut in the middle of its password shows only one of them. */
const secret = /zk3|pa55word/;

const wrong: [what: string, rest: string][] = [
  ["a slash in the password", "//user:Zk3/pa55word@127.0.0.1:1/0"],
  ["a slash after digits, which look like a port", "//user:12/pa55word@127.0.0.1:1/0"],
  ["a slash in a password without a user", "//:Zk3/pa55word@127.0.0.1:1/0"],
  ["a slash in a password that stands for the user", "//Zk3/pa55word@127.0.0.1:1/0"],
  ["a question mark in the password", "//user:Zk3?pa55word@127.0.0.1:1/0"],
  ["a question mark after digits", "//user:12?pa55word@127.0.0.1:1/0"],
  ["a number sign in the password", "//user:Zk3#pa55word@127.0.0.1:1/0"],
  ["a number sign after digits", "//user:12#pa55word@127.0.0.1:1/0"],
  ["a percent sign in the password", "//user:Zk3%pa55word@127.0.0.1:1/0"],
  ["a percent sign at its end", "//user:Zk3pa55word%@127.0.0.1:1/0"],
  ["a code that is no UTF-8", "//user:Zk3%E4pa55word@127.0.0.1:1/0"],
  ["a percent sign in the database", "//user:Zk3pa55word@127.0.0.1:1/%zz"],
  ["a port that is no number", "//user:Zk3pa55word@127.0.0.1:nan/0"],
  ["a port that is too large", "//user:Zk3pa55word@127.0.0.1:99999/0"],
  ["IPv6 without brackets", "//user:Zk3pa55word@::1:1/0"],
  ["IPv6 with one bracket", "//user:Zk3pa55word@[::1:1/0"],
  ["IPv6 that is none", "//user:Zk3pa55word@[Zk3]:1/0"],
  ["a space in the host", "//user:Zk3pa55word@127.0. 0.1:1/0"],
  ["no host", "//user:Zk3pa55word@/0"],
  ["no host at all", "//user:Zk3pa55word@"],
  ["no slashes", "user:Zk3pa55word@127.0.0.1:1/0"],
  ["one slash", "/user:Zk3pa55word@127.0.0.1:1/0"],
];

const away: [what: string, rest: string][] = [
  ["a server that is away", "//user:Zk3pa55word@127.0.0.1:1/0"],
  ["one with an IPv6 address", "//user:Zk3pa55word@[::1]:1/0"],
  ["one with a password that is encoded", "//user:Zk3%2Fpa55word%25@127.0.0.1:1/0"],
  ["one with an at sign in the password", "//user:Zk3@pa55word@127.0.0.1:1/0"],
  ["one with a password without a user", "//:Zk3pa55word@127.0.0.1:1/0"],
];

describe.each(["redis", "rediss", "postgres", "postgresql", "mysql"])("%s", (scheme) => {
  it.each(wrong)("%s is refused by name, without the URL", async (_what, rest) => {
    const error = await failure(`${scheme}:${rest}`);
    expect(String(error)).toMatch(/^TypeError: STORE must be a URL such as /);
    expect(error).not.toHaveProperty("cause");
    expect(shown(error)).not.toMatch(secret);
  });

  it.each(away)("%s is named, without the password", async (_what, rest) => {
    const error = await failure(`${scheme}:${rest}`);
    expect(String(error)).toMatch(/^TypeError: STORE can't be opened: /);
    expect(shown(error)).not.toMatch(secret);
  });
});

it.each([
  "mysql://user:Zk3pa55word@127.0.0.1:1/db?ssl=nonsense",
  "redis://user:Zk3pa55word@127.0.0.1:1/0?sentinels=nonsense",
])("an option that the driver refuses stops the start by name: %s", async (url) => {
  const error = await failure(url);
  expect(String(error)).toMatch(/^TypeError: STORE can't be opened: /);
  expect(error).toHaveProperty("cause", expect.any(Error));
  expect(shown(error)).not.toMatch(secret);
});

it("what comes before the first colon is shown only of a URL", async () => {
  expect(shown(await failure("oracle://user:Zk3pa55word@host/db"))).toMatch(/'oracle:\/\/'/);
  expect(shown(await failure("oracle://user:Zk3pa55word@host/db"))).not.toMatch(secret);
  expect(shown(await failure("zk3pa55word:@host/db"))).not.toMatch(secret);
});

function failure(url: string): Promise<unknown> {
  return openStore(url, "STORE").then(
    async ({ close }) => {
      await close();
      throw new Error("the store was opened");
    },
    (error: unknown) => error,
  );
}
