import { describe, expect, test } from "vitest";
import { defaultPages } from "../../src/pages/default-pages.ts";
import type { LoginErrorCode, LoginPage } from "../../src/pages.ts";
import { lifetime, loginData } from "./page-data.ts";

const pages = defaultPages({ appName: "Field Notes" });
const render = async (change: Partial<LoginPage> = {}) => pages.login(loginData(change));
const { view } = loginData();
const [user, password] = view.fields;

test("the first time there is no error anywhere", async () => {
  const page = await render();
  expect(page).toContain("<title>Log in · Field Notes</title>");
  expect(page).not.toMatch(/role="alert"|aria-invalid=|aria-describedby=/);
});

test("posts to its own path and query, with the fields and tokens of the method", async () => {
  const page = await render();
  expect(page).toContain('<form method="post" action="/login?next=%2Freports">');
  expect(input(page, "user")).toMatch(/type="text" autocomplete="username"/);
  expect(input(page, "pw")).toMatch(/type="password" autocomplete="current-password"/);
});

test("a method without fields has just the button", async () => {
  const page = await render({ view: { title: "Log in", submit: "Go on", fields: [] } });
  expect(page).toContain("<button>Go on</button>");
  expect(page).not.toContain("autofocus");
});

describe("an error", () => {
  const failed = (code: LoginErrorCode) => render({ error: { code, message: "Try again." } });

  test.each<LoginErrorCode>(["invalid-credentials", "bad-request"])(
    "%s is announced first and tied to every field",
    async (code) => {
      const page = await failed(code);
      expect(page).toContain("<title>Error: Log in · Field Notes</title>");
      expect(page.indexOf('role="alert"')).toBeGreaterThan(page.indexOf("<h1>"));
      expect(page.indexOf('role="alert"')).toBeLessThan(page.indexOf("<form"));
      for (const name of ["user", "pw"]) {
        expect(input(page, name)).toContain('aria-invalid="true" aria-describedby="error"');
      }
    },
  );

  test.each<LoginErrorCode>(["forbidden", "busy", "throttled", "expired-form", "action-failed"])(
    "%s blames no field, but is read with the focused one",
    async (code) => {
      const page = await failed(code);
      expect(page).toContain('<p id="error">Try again.</p>');
      expect(page).not.toContain("aria-invalid=");
      expect(input(page, "user")).toContain('aria-describedby="error" autofocus');
      expect(input(page, "pw")).not.toContain("aria-describedby");
    },
  );
});

describe("what was typed before", () => {
  const typed = {
    ...view,
    fields: [
      { ...user!, value: "alice" },
      { ...password!, value: "s3cret" },
    ],
  };

  test("is kept, save a password", async () => {
    const page = await render({ view: typed });
    expect(input(page, "user")).toContain('value="alice"');
    expect(input(page, "pw")).toContain('value=""');
    expect(page).not.toContain("s3cret");
  });

  test("decides where typing starts", async () => {
    expect(input(await render(), "user")).toContain("autofocus");
    const page = await render({ view: typed });
    expect(input(page, "pw")).toContain("autofocus");
    expect(page.match(/autofocus/g)).toHaveLength(1);
    const full = await render({ view: { ...view, fields: [{ ...user!, value: "alice" }] } });
    expect(input(full, "user")).toContain("autofocus");
  });
});

describe("the choice of lifetime", () => {
  test("of two is a checkbox for the second; unticked it sends nothing", async () => {
    const page = await render({ lifetime: lifetime("until the browser closes", "30 days") });
    expect(input(page, "remember")).toContain('type="checkbox" value="v1"');
    expect(input(page, "remember")).not.toContain("checked");
    expect(page).toContain("You stay logged in 30 days; otherwise until the browser closes.");
    expect(page).not.toContain("v0");
  });

  test("stays ticked after a failed try", async () => {
    const { name, choices } = lifetime("1 hour", "30 days");
    const ticked = choices.map((choice) => ({ ...choice, selected: !choice.selected }));
    const page = await render({ lifetime: { name, choices: ticked } });
    expect(input(page, "remember")).toMatch(/ checked>$/);
  });

  test("of more is a select", async () => {
    const page = await render({ lifetime: lifetime("1 hour", "1 day", "30 days") });
    expect(page).toContain('<select id="lifetime" name="remember">');
    expect(page).toContain('<option value="v0" selected>1 hour</option>');
    expect(page).toContain('<option value="v2">30 days</option>');
  });

  test("of one or none is not asked for", async () => {
    expect(await render({ lifetime: lifetime("1 hour") })).not.toContain("remember");
    expect(await render({ lifetime: null })).not.toContain("remember");
  });
});

function input(page: string, name: string): string {
  const tags = [...page.matchAll(/<input[^>]*>/g)].map(([tag]) => tag);
  return tags.find((tag) => tag.includes(` name="${name}"`)) ?? "";
}
