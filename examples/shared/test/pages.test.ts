import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { homePage } from "../src/pages/home-page.ts";
import { membersPage } from "../src/pages/members-page.ts";
import { allPages } from "./page-data.ts";

const pages = Object.entries(allPages());

describe.each(pages)("%s", (name, { html, headers }) => {
  test("allows exactly the stylesheet that it carries", () => {
    const styles = [...html.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, style = ""]) => style);
    expect(styles).toHaveLength(1);
    const hash = createHash("sha256").update(styles[0]!).digest("base64");
    expect(new Map(headers).get("Content-Security-Policy")).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect(html).not.toMatch(/<script|<link|\sstyle=|\son\w+=/);
  });

  test("is HTML that nobody keeps or guesses about", () => {
    expect(headers.filter(([header]) => header !== "Content-Security-Policy")).toEqual([
      ["Content-Type", "text/html; charset=utf-8"],
      ["X-Content-Type-Options", "nosniff"],
      ["Referrer-Policy", "same-origin"],
      ["Cache-Control", "no-store"],
    ]);
  });

  test("has one main heading, which is also its title", () => {
    const headings = [...html.matchAll(/<h1>([^<]+)<\/h1>/g)].map(([, heading]) => heading);
    expect(headings).toHaveLength(1);
    expect(html).toContain(`<title>${headings[0]} · Latchkey example</title>`);
  });

  test("marks itself in the navigation", () => {
    const current = [...html.matchAll(/<a href="([^"]+)" aria-current="page">/g)];
    expect(current).toHaveLength(name === "notFound" ? 0 : 1);
  });
});

test("prints every text escaped", () => {
  // Breaks out of text, of a double-quoted and of a single-quoted attribute.
  const hostile = `<script>alert(1)</script>"onfocus="x" 'onblur='y' &amp; `;
  for (const { html } of Object.values(allPages(hostile))) {
    expect(html).not.toMatch(/<script|"onfocus|'onblur|[^;]&amp; /);
  }
  expect(allPages(hostile)["members"]!.html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
});

describe("home", () => {
  test("says who is logged in and offers the way on", () => {
    const nobody = homePage({ user: null, visits: 1 }).html;
    expect(nobody).toContain("Nobody is logged in.");
    expect(nobody).toContain('<a href="/login">Log in</a>\n</header>');
    expect(nobody).not.toContain('href="/logout"');
    const alpha = homePage({ user: { id: "alpha", role: "admin" }, visits: 1 }).html;
    expect(alpha).toContain("as <bdi>alpha</bdi>, with the role <bdi>admin</bdi>.");
    expect(alpha).toContain('<a href="/logout">Log out</a>\n</header>');
    expect(alpha).not.toContain('href="/login"');
  });

  test.each([
    [1, '<data id="visits" value="1">once</data>'],
    [2, '<data id="visits" value="2">2 times</data>'],
    [1234, '<data id="visits" value="1234">1,234 times</data>'],
  ])("counts %d visits in words and for programs", (visits, words) => {
    expect(homePage({ user: null, visits }).html).toContain(words);
  });

  test("tells each role what it may open", () => {
    const text = (role?: string) => homePage({ user: { id: "alpha", role }, visits: 1 }).html;
    expect(text("admin")).toContain("As an admin you can open both");
    expect(text("member")).toContain("As a member you can open");
    expect(text()).toContain("You are logged in as <bdi>alpha</bdi>.");
  });

  test("asks for the second visit, which starts a session, before parallel ones", () => {
    expect(homePage({ user: null, visits: 1 }).html).toContain("Reload this page once");
    expect(homePage({ user: null, visits: 2 }).html).not.toContain("Reload this page once");
  });

  test("shows commands for where the site is", () => {
    const { html } = homePage({ user: null, visits: 1, origin: "https://demo.example" });
    expect(html).toContain("<code>curl -s -b cookies.txt https://demo.example/api/session</code>");
    expect(html).not.toContain("localhost");
  });
});

test("members: what comes next depends on the role", () => {
  expect(membersPage({ user: { id: "a", role: "admin" } }).html).toContain("your role allows it");
  expect(membersPage({ user: { id: "b", role: "member" } }).html).toContain("it needs the role");
});
