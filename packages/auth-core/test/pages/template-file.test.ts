import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { templateFile } from "../../src/pages/template-file.ts";
import type { LoginPage } from "../../src/pages.ts";
import { hostile, loginData } from "./page-data.ts";

const folder = mkdtempSync(join(tmpdir(), "latchkey-template-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("fills an HTML file with the page's data; what is absent prints nothing", async () => {
  const path = write(
    "login.html",
    `<h1><%= it.view.title %></h1><% for (const field of it.view.fields) { %><i><%= field.name %></i><% } %><b><%= it.error?.message %></b>`,
  );
  const template = templateFile<LoginPage>(path);
  expect(await template(loginData())).toBe("<h1>Log in</h1><i>user</i><i>pw</i><b></b>");
});

test("escapes what it prints, in text and in attributes", async () => {
  const path = write("attack.html", `<p title="<%= it.text %>"><%= it.text %></p>`);
  const page = await templateFile<{ text: string }>(path)({ text: hostile });
  expect(page).not.toContain("<script");
  expect(page).not.toContain(`"onfocus`);
  expect(page).not.toContain(`'onblur`);
});

test("includes files beside it", async () => {
  write("head.html", "<title><%= it.title %></title>");
  const path = write("with-head.html", `<%~ include("./head.html", { title: "Mine" }) %>!`);
  expect(await templateFile(path)({})).toBe("<title>Mine</title>!");
});

test("takes a file without an extension", async () => {
  expect(await templateFile(write("plain", "ok"))({})).toBe("ok");
});

describe("a changed file", () => {
  test.each([
    ["development", "two"],
    ["production", "one"],
  ])("in %s gives %s", async (environment, expected) => {
    vi.stubEnv("NODE_ENV", environment);
    const path = write(`changing-${environment}.html`, "one");
    const template = templateFile(path);
    vi.unstubAllEnvs();
    expect(await template({})).toBe("one");
    writeFileSync(path, "two");
    expect(await template({})).toBe(expected);
  });

  test("is left alone when told so", async () => {
    const path = write("fixed.html", "one");
    const template = templateFile(path, { reload: false });
    await template({});
    writeFileSync(path, "two");
    expect(await template({})).toBe("one");
  });
});

test("fails at construction, naming the option, when the file is missing or broken", () => {
  expect(() => templateFile(join(folder, "missing.html"))).toThrow(TypeError);
  expect(() => templateFile(join(folder, "missing.html"))).toThrow(/path .*missing\.html/);
  expect(() => templateFile(folder)).toThrow(TypeError);
  expect(() => templateFile(write("broken.html", "<% if ( { %>"))).toThrow(TypeError);
});
