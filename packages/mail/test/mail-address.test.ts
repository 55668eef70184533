import { expect, test } from "vitest";
import { mailAddress } from "../src/index.ts";

test.each([
  ["ann@example.com", "ann@example.com"],
  ["Ann.O'Neil+x@EXAMPLE.co.uk", "Ann.O'Neil+x@example.co.uk"],
  ["a@xn--bcher-kva.example", "a@xn--bcher-kva.example"],
  [`${"a".repeat(64)}@example.com`, `${"a".repeat(64)}@example.com`],
])("%s is an address", (text, address) => {
  expect(mailAddress(text)).toBe(address);
});

test.each([
  "",
  "ann",
  "@example.com",
  "ann@",
  "ann@localhost",
  "ann@192.0.2.1",
  "ann@[192.0.2.1]",
  "a@x.example,b@evil.example",
  "a@x.example;b@evil.example",
  "a@x.example b@evil.example",
  "a@evil.example@x.example",
  '"a@evil.example"@x.example',
  '"a b"@x.example',
  "a(comment)@x.example",
  "Ann <a@x.example>",
  "a\uff20x.example", // fullwidth @
  "a@x\uff0eexample", // fullwidth dot
  "a\u0000@x.example",
  "a@x.example\r\nBcc: b@evil.example",
  "a@x.example\n",
  "\na@x.example",
  " a@x.example",
  "a@x.example ",
  "ä@x.example",
  "a@bücher.example",
  ".a@x.example",
  "a.@x.example",
  "a..b@x.example",
  "a@-x.example",
  "a@x..example",
  "a@x.example.",
  `${"a".repeat(65)}@example.com`,
  `a@${"b".repeat(64)}.example`,
  `a@${"b.".repeat(130)}example`,
])("35: %j is none", (text) => {
  expect(mailAddress(text)).toBeNull();
});

test("35: what is no text is none", () => {
  for (const value of [null, undefined, 1, ["a@x.example"], { $ne: null }]) {
    expect(mailAddress(value)).toBeNull();
  }
});
