import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { defaultPages } from "../../src/pages/default-pages.ts";
import { pageSecurityHeaders } from "../../src/pages/security-headers.ts";
import { renderAll } from "./page-data.ts";

const policy = (formActions?: string[]) =>
  new Map(pageSecurityHeaders(formActions)).get("Content-Security-Policy");

test("allows exactly the stylesheet that every page carries", async () => {
  for (const page of Object.values(await renderAll(defaultPages({ appName: "Field Notes" })))) {
    const styles = [...page.matchAll(/<style>([\s\S]*?)<\/style>/g)].map((match) => match[1] ?? "");
    expect(styles).toHaveLength(1);
    const hash = createHash("sha256").update(styles[0]!).digest("base64");
    expect(policy()).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    );
  }
});

test("lets forms end up where the application says", () => {
  expect(policy(["https://idp.example", "https://login.example:8443"])).toContain(
    "; form-action 'self' https://idp.example https://login.example:8443; ",
  );
});

test.each([
  "https://a.example; script-src *",
  "https://a.example https://b.example",
  "*,",
  "'self'",
  "",
])("refuses the form action %j", (source) => {
  expect(() => pageSecurityHeaders([source])).toThrow(/formActions/);
});

test("sends the rest of the headers", () => {
  expect(pageSecurityHeaders().slice(1)).toEqual([
    ["X-Content-Type-Options", "nosniff"],
    ["Referrer-Policy", "same-origin"],
    ["Cache-Control", "no-store"],
    ["X-Frame-Options", "DENY"],
    ["Cross-Origin-Opener-Policy", "same-origin"],
  ]);
});
