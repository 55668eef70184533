// The form that asks for a name and a password, and rows 33 and 34: how it is read.

import { describe, expect, test } from "vitest";
import { passwordView, readPasswordField } from "../src/password-form.ts";

describe("the form", () => {
  const names = { user: "login", password: "secret" };

  test("has two fields that password managers know, under the given names", () => {
    const { fields } = passwordView(names, null);
    expect(fields.map(({ name, type, autocomplete }) => [name, type, autocomplete])).toEqual([
      ["login", "text", "username"],
      ["secret", "password", "current-password"],
    ]);
    expect(fields.every((field) => !("value" in field))).toBe(true);
  });

  test("keeps the name that was typed, and has no place for a password", () => {
    const [user, password] = passwordView(names, "alice").fields;
    expect(user?.value).toBe("alice");
    expect(password).not.toHaveProperty("value");
  });
});

describe("a field", () => {
  test.each([" alice ", "p\u0000ss", "ä", "a\u0308", "😀", "x".repeat(1_024), "0"])(
    "%j is read as it was sent",
    (text) => {
      expect(readPasswordField({ password: text }, "password")).toBe(text);
    },
  );

  test.each([
    undefined,
    null,
    "",
    "x".repeat(1_025),
    "x".repeat(1_000_000),
    "half \ud83d",
    "\ude00 half",
    ["right"],
    { $ne: null },
    1,
    true,
  ])("%j is none", (value) => {
    expect(readPasswordField({ password: value }, "password")).toBeNull();
  });

  test("that nobody sent is none, whatever objects inherit", () => {
    for (const name of ["password", "constructor", "toString", "__proto__"]) {
      expect(readPasswordField({}, name)).toBeNull();
    }
  });
});
