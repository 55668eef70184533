import { describe, expect, test } from "vitest";
import { defaultPages } from "../../src/pages/default-pages.ts";
import { csrf, next } from "./page-data.ts";

const pages = defaultPages();

describe("logout", () => {
  test("asks, names who is logged in, and offers a way back", async () => {
    const page = await pages.logout({ userId: "alice", csrf, next, action: "/logout" });
    expect(page).toContain("<p>You are logged in as <bdi>alice</bdi>.</p>");
    expect(page).toContain('<form method="post" action="/logout">');
    expect(page).toContain('<a href="/reports">Stay logged in</a>');
  });

  test("names nobody when nobody is logged in", async () => {
    const page = await pages.logout({ userId: null, csrf, next, action: "/logout" });
    expect(page).not.toContain("logged in as");
  });
});

test("logged out: the two ways on", async () => {
  const page = await pages.loggedOut({ loginUrl: "/login?next=%2F", next: "/home?a=1&b=2" });
  expect(page).toContain('href="/login?next=%2F">Log in again</a>');
  expect(page).toContain('href="/home?a=1&amp;b=2">Continue</a>');
});

describe("forbidden", () => {
  const links = { loginUrl: "/login", logoutUrl: "/logout" };

  test("lists what is missing and offers another login", async () => {
    const reasons = ["You need a role.", "You need a group."];
    const page = await pages.forbidden({ ...links, userId: "alice", reasons });
    expect(page).toContain("<ul><li>You need a role.</li><li>You need a group.</li></ul>");
    expect(page).toContain('href="/login">Log in as someone else</a>');
    expect(page).toContain('href="/logout">Log out</a>');
  });

  test("says a single reason as a sentence, and none without an empty list", async () => {
    const one = await pages.forbidden({ ...links, userId: "alice", reasons: ["You need a role."] });
    expect(one).toContain("<p>You need a role.</p>");
    expect(await pages.forbidden({ ...links, userId: "alice", reasons: [] })).not.toContain("<ul>");
  });

  test("offers no logout to somebody who isn't logged in", async () => {
    const page = await pages.forbidden({ ...links, userId: null, reasons: [] });
    expect(page).toContain('href="/login">Log in</a>');
    expect(page).not.toContain("/logout");
  });
});

describe("error", () => {
  const error = async (status: number) =>
    pages.error({ status, title: "Something is wrong", message: "Wait a minute." });

  test("shows the status and says in the title that it is an error", async () => {
    const page = await error(400);
    expect(page).toContain("<title>Error: Something is wrong</title>");
    expect(page).toContain("<h1>Something is wrong</h1>");
    expect(page).toContain("Error 400");
  });

  test("offers another try only where it can help", async () => {
    expect(await error(503)).toContain(">Try again</a>");
    expect(await error(429)).toContain(">Try again</a>");
    expect(await error(400)).not.toContain("Try again");
    expect(await error(500)).not.toContain("Try again");
  });
});
