// What the body of a login may be: a form or JSON in UTF-8, of at most 64 kB.

import { describe, expect, it } from "vitest";
import { BODY_LIMIT, bodyKind, parseBody } from "../src/parse-body.ts";

const formType = "application/x-www-form-urlencoded";

function kindOf(headers: Record<string, string>): string {
  return bodyKind((name) => headers[name]);
}

describe("by its headers, a body is", () => {
  it.each([
    ["form", { "content-type": formType }],
    ["form", { "content-type": "Application/X-WWW-Form-Urlencoded ; charset=UTF-8" }],
    ["json", { "content-type": "application/json" }],
    ["json", { "content-type": 'application/scim+json; charset="utf8"' }],
    ["json", { "content-type": "application/json", "content-encoding": "Identity" }],
    ["json", { "content-type": "application/json", "content-length": String(BODY_LIMIT) }],
    ["other", {}],
    ["other", { "content-type": "text/xml" }],
    ["other", { "content-type": `${formType}x` }],
    ["other", { "content-type": "multipart/form-data; boundary=x" }],
    ["unreadable", { "content-type": "application/json; charset=utf-16" }],
    ["unreadable", { "content-type": `${formType}; x=y; charset=latin1` }],
    ["unreadable", { "content-type": formType, "content-encoding": "gzip" }],
    ["unreadable", { "content-type": formType, "content-length": String(BODY_LIMIT + 1) }],
  ])("%s: %j", (kind, headers) => {
    expect(kindOf(headers)).toBe(kind);
  });
});

describe("a form", () => {
  const parse = (text: string): unknown => parseBody("form", new TextEncoder().encode(text));

  it("is its fields; one that comes twice is a list", () => {
    expect({ ...Object(parse("user=al+p%68a&x=&a=1&a=2&y")) }).toEqual({
      user: "al pha",
      x: "",
      a: ["1", "2"],
      y: "",
    });
  });

  it("has no fields that it was not sent", () => {
    expect(Object.getPrototypeOf(parse("a=1"))).toBeNull();
    expect(Object.keys(Object(parse("__proto__=x")))).toEqual(["__proto__"]);
  });

  it("of over a hundred fields can't be read; an empty one is none", () => {
    expect(Object.keys(Object(parse("a=1&".repeat(100))))).toEqual(["a"]);
    expect(parse("a=1&".repeat(101))).toBe(false);
    expect(parse("")).toBeNull();
  });
});

describe("JSON", () => {
  const parse = (text: string): unknown => parseBody("json", new TextEncoder().encode(text));

  it.each([
    ['{"user":"alpha"}', { user: "alpha" }],
    ["[1]", [1]],
    ["", null],
    ["{", false],
    ["null", false],
    ['"alpha"', false],
    ["1", false],
  ])("%s", (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it("that is no UTF-8 can't be read", () => {
    expect(parseBody("json", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d))).toBe(false);
  });
});
