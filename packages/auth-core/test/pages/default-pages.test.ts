import { describe, expect, test } from "vitest";
import { defaultPages } from "../../src/pages/default-pages.ts";
import { csrf, hostile, next, renderAll } from "./page-data.ts";

const pages = await renderAll(defaultPages({ appName: "Field Notes" }));
const attacked = await renderAll(defaultPages({ appName: hostile }), hostile);

describe.each(Object.entries(pages))("%s page", (_name, page) => {
  test("is one document with a language, one heading, one main landmark and a title", () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en" dir="ltr">/);
    expect(page.match(/<h1>/g)).toHaveLength(1);
    expect(page.match(/<main>/g)).toHaveLength(1);
    expect(page).toMatch(/<title>[^<]+ · Field Notes<\/title>/);
    expect(page).toContain('name="viewport" content="width=device-width, initial-scale=1"');
  });

  test("asks the browser for nothing and runs nothing", () => {
    expect(page).not.toMatch(
      /<script|<link|<img|<iframe|\ssrc=|\sstyle=|\son\w+=|url\(|@import|http/,
    );
  });

  test("has a label for every field and no id twice", () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [field] of page.matchAll(/<(?:input|select)(?![^>]*type="hidden")[^>]*>/g)) {
      const id = /\sid="([^"]+)"/.exec(field)?.[1];
      expect(page).toContain(`<label for="${id}">`);
    }
    for (const [, target] of page.matchAll(/aria-describedby="([^"]+)"/g)) {
      expect(ids).toContain(target);
    }
  });

  test("carries both hidden fields in every form", () => {
    for (const [form] of page.matchAll(/<form[\s\S]*?<\/form>/g)) {
      for (const { name, value } of [csrf, next]) {
        expect(form).toContain(`<input type="hidden" name="${name}" value="${value}">`);
      }
    }
  });
});

test.each(Object.entries(attacked))("%s page escapes whatever it is given", (name, page) => {
  expect(page).not.toContain("<script");
  expect(page).not.toMatch(/"onfocus=|'onblur=/);
  // The same tags with the same attributes as with harmless data.
  expect(shape(page)).toEqual(shape(pages[name] ?? ""));
});

test("no name of the application means no header and no dangling separator", async () => {
  const { login } = await renderAll(defaultPages());
  expect(login).not.toContain("<header>");
  expect(login).toContain("<title>Error: Log in</title>");
});

test("the language decides the direction", async () => {
  const page = async (lang: string) => (await renderAll(defaultPages({ lang })))["error"];
  expect(await page("ar")).toContain('<html lang="ar" dir="rtl">');
  expect(await page("he-IL")).toContain('dir="rtl"');
  expect(await page("pa-Arab")).toContain('dir="rtl"');
  expect(await page("de-AT")).toContain('<html lang="de-AT" dir="ltr">');
});

test("refuses a language that is none", () => {
  expect(() => defaultPages({ lang: "no such language" })).toThrow(TypeError);
  expect(() => defaultPages({ lang: "" })).toThrow(/lang/);
});

test("says its fixed texts in another language, the rest in English", async () => {
  const texts = { error: "Fehler", logoutTitle: "Abmelden?", loggedInAs: "Angemeldet: {user}" };
  const { login, logout } = await renderAll(defaultPages({ lang: "de", texts }));
  expect(login).toContain("<title>Fehler: Log in</title>");
  expect(logout).toContain("<h1>Abmelden?</h1>");
  expect(logout).toContain("<p>Angemeldet: <bdi>alice@example.com</bdi></p>");
  expect(logout).toContain("Stay logged in");
});

/** Names of tags and attributes in order; all values left out. */
function shape(page: string): string[] {
  return [...page.matchAll(/<([a-z]\w*)((?:\s+[\w-]+(?:="[^"]*")?)*)\s*>/g)].map(
    ([, tag, attributes = ""]) =>
      [tag, ...[...attributes.matchAll(/([\w-]+)(?:="[^"]*")?/g)].map((match) => match[1])].join(
        " ",
      ),
  );
}
