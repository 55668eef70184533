import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MailError, mailTemplate } from "../src/index.ts";

const defaults = {
  subject: "For {user}",
  text: "Hello {user}: {link}",
  html: '<p>Hello {user}: <a href="{link}">here</a></p>',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "latchkey-mail-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("36: every value is escaped in HTML, and left as it is in text", () => {
  const user = `<img src=x onerror="alert('1')"> & co`;
  const mail = mailTemplate({}, defaults)({ user, link: 'https://a.example/?a=1&b="' });
  expect(mail.text).toBe(`Hello ${user}: https://a.example/?a=1&b="`);
  expect(mail.html).toBe(
    "<p>Hello &lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; co: " +
      '<a href="https://a.example/?a=1&amp;b=&quot;">here</a></p>',
  );
});

test("35: no value begins a line of its own", () => {
  const user = "Ann\r\nBcc: eve@evil.example\n\u2028visit evil.example";
  const mail = mailTemplate({}, defaults)({ user, link: "" });
  expect(mail.subject).toBe("For Ann Bcc: eve@evil.example visit evil.example");
  expect(mail.text).not.toMatch(/[\r\n\u2028]/);
});

test("a value that looks like a placeholder is not filled in again", () => {
  const mail = mailTemplate({}, defaults)({ user: "{link} $& $1", link: "secret" });
  expect(mail.text).toBe("Hello {link} $& $1: secret");
});

test("numbers are printed, null is nothing, CSS and other braces stay", () => {
  const text = "{n}|{nothing}|a{color:red}|{}|{1}";
  expect(mailTemplate({ text }, defaults)({ n: 1, nothing: null, user: "" }).text).toBe(
    "1||a{color:red}|{}|{1}",
  );
});

test("bodies come from files, and without HTML of your own there is none", async () => {
  const textFile = join(folder, "mail.txt");
  const htmlFile = join(folder, "mail.html");
  await writeFile(textFile, "Dear {user}");
  await writeFile(htmlFile, "<b>{user}</b>");
  const values = { user: "A&B" };
  expect(mailTemplate({ textFile }, defaults)(values)).toEqual({
    subject: "For A&B",
    text: "Dear A&B",
  });
  expect(mailTemplate({ subject: "Hi", textFile, htmlFile }, defaults)(values)).toEqual({
    subject: "Hi",
    text: "Dear A&B",
    html: "<b>A&amp;B</b>",
  });
});

test("a placeholder without a value is an error that names it", () => {
  const fill = mailTemplate({ text: "{usr}" }, defaults);
  expect(() => fill({ user: "Ann" })).toThrow(MailError);
  expect(() => fill({ user: "Ann" })).toThrow("{usr}");
  expect(() => mailTemplate({ text: "{constructor}" }, defaults)({ user: "" })).toThrow(MailError);
});

test.each([
  [{ subject: "a\nb" }, "subject"],
  [{ subject: "" }, "subject"],
  [{ html: "{link}" }, "text"],
  [{ text: "{link}", textFile: "x" }, "textFile"],
  [{ textFile: "no/such/file" }, "no/such/file"],
  [{ text: "no link" }, "{link} or {code}"],
  [{ text: "{link}", html: "none" }, "html must have"],
])("%j is refused at start", (options, message) => {
  expect(() => mailTemplate(options, defaults, ["link", "code"])).toThrow(TypeError);
  expect(() => mailTemplate(options, defaults, ["link", "code"])).toThrow(message);
});
