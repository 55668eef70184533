import { describe, expect, test } from "vitest";
import type { ListedSession } from "../src/pages/session-table.ts";
import { sessionsPage } from "../src/pages/sessions-page.ts";
import { csrf, HOUR, now, session } from "./page-data.ts";

const page = (...sessions: ListedSession[]): string =>
  sessionsPage({ sessions, currentId: "own", csrf, now }).html;

const rows = (html: string): string[] =>
  [...html.matchAll(/<tr role="row">[\s\S]*?<\/tr>/g)].map(([row]) => row).slice(1);

const hidden = '<input type="hidden" name="_csrf" value="token-1">';

describe("with sessions elsewhere", () => {
  const html = page(session("one"), session("own", { lastSeenAt: now - 5 * HOUR }), session("two"));
  const [first = "", ...others] = rows(html);

  test("says how many", () => {
    expect(html).toContain("You are logged in here and in 2 other places.");
    expect(page(session("own"), session("one"))).toContain("in one other place.");
  });

  test("this device comes first, is marked, was last seen now and ends by logging out", () => {
    expect(first).toContain(">This device</strong>");
    expect(first).toContain('<time datetime="2030-01-15T12:00:00.000Z">now</time>');
    expect(first).toContain('<a href="/logout">Log out</a>');
    expect(first).not.toContain("<form");
  });

  test("every other one has a form that ends it, protected and named", () => {
    expect(others).toHaveLength(2);
    for (const [index, id] of ["one", "two"].entries()) {
      const form = `<form method="post" action="/account/sessions/${id}/revoke">\n${hidden}`;
      expect(others[index]).toContain(form);
      expect(others[index]).toContain("End<span class");
      expect(others[index]).toContain(" session: Firefox on Linux, 192.0.2.1</span>");
      expect(others[index]).not.toContain("This device");
    }
  });

  test("shows times relatively, and exactly for programs", () => {
    const times = [...others[0]!.matchAll(/<time datetime="([^"]+)">([^<]+)<\/time>/g)];
    expect(times.map(([, exact, words]) => [exact, words])).toEqual([
      ["2030-01-12T12:00:00.000Z", "3 days ago"],
      ["2030-01-15T11:57:00.000Z", "3 minutes ago"],
      ["2030-02-11T12:00:00.000Z", "in 27 days"],
    ]);
  });

  test("one form ends all others", () => {
    expect(html).toContain(
      `method="post" action="/account/sessions/revoke-others">\n${hidden}<button class="quiet">End all other sessions`,
    );
  });
});

test("alone: nothing to end, and how to get a second session", () => {
  const html = page(session("own"));
  expect(html).toContain("You are logged in here and nowhere else.");
  expect(html).not.toContain("<form");
  expect(html).toContain("Log in with another browser");
});

test("a store that can't list: says so and still offers to log out", () => {
  const html = page();
  expect(html).toContain("STORE=cookie:");
  expect(html).toContain('<a class="button" href="/logout">Log out</a>');
  expect(html).not.toMatch(/<form|<table/);
});

test.each([
  ["::ffff:127.0.0.1", "127.0.0.1"],
  ["::1", "::1"],
  ["2001:db8::ffff:1", "2001:db8::ffff:1"],
  ["", "Unknown"],
])("shows the address %j as %s", (ip, shown) => {
  expect(page(session("own", { ip }))).toContain(`data-label="Address">${shown}</td>`);
});

test("an id can't leave its place in the address", () => {
  expect(page(session("../x?y"))).toContain('action="/account/sessions/..%2Fx%3Fy/revoke"');
});
