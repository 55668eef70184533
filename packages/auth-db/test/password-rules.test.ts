import { expect, test } from "vitest";
import { createPasswordRules } from "../src/index.ts";

const about = ["ann", "ann.example@example.org"];

test.each([
  ["correct horse battery staple", null],
  ["exactly15 chars", null],
  ["only 14 chars!", "at least 15"],
  ["🔑🔑🔑🔑🔑🔑🔑", "at least 15"], // 14 UTF-16 units, 7 characters
  ["äöü ÄÖÜ ßßß €€€", null],
  ["no digits no capitals no signs", null],
  [`${"x".repeat(1_000)}y`, null],
  ["aaaaaaaaaaaaaaaaaaaa", "tried first"],
  ["1234123412341234", "tried first"],
  ["PasswordPassword", "tried first"],
  ["ann.example@EXAMPLE.org", "not your name"],
])("%j: %j", async (password, complaint) => {
  const said = await createPasswordRules().complaint(password, about);
  if (complaint === null) expect(said).toBeNull();
  else expect(said).toContain(complaint);
});

test("with a second factor, eight are enough, and then the list matters", async () => {
  const { complaint, hint } = createPasswordRules({ minLength: 8 });
  expect(hint).toContain("At least 8 characters");
  for (const common of ["password", "PASSWORD", "12345678", "qwertyuiop", "iloveyou"]) {
    expect(await complaint(common, about)).toContain("tried first");
  }
  expect(await complaint("ann.example", about)).toContain("not your name");
  expect(await complaint("mBx7 qpt", about)).toBeNull();
});

test("words of the application and a list of breached ones are options; a failing list stops nobody", async () => {
  const faults: unknown[] = [];
  const { complaint } = createPasswordRules({
    blocked: ["Field Notes by Example"],
    onError: (error) => faults.push(error),
    isBreached: async (password) => {
      if (password.startsWith("fail")) throw new Error("away");
      return password.startsWith("breached");
    },
  });
  expect(await complaint("field notes by example", [])).toContain("not your name");
  expect(await complaint("breached long ago, in 2012", [])).toContain("tried first");
  expect(await complaint("failing but long enough", [])).toBeNull();
  expect(faults).toHaveLength(1);
});

test.each([7, 65, 8.5, Number.NaN])("minLength %d is refused at start", (minLength) => {
  expect(() => createPasswordRules({ minLength })).toThrow(/minLength/);
});
