// F2: who gets a page and who gets JSON.

import { describe, expect, test } from "vitest";
import { isJsonType, wantsJson } from "../src/client-kind.ts";
import { testExchange } from "./test-app.ts";

const html = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

describe("a program gets JSON", () => {
  test.each<[string, Record<string, string>]>([
    ["Accept: application/json", { accept: "application/json" }],
    ["axios", { accept: "application/json, text/plain, */*" }],
    ["problem+json", { accept: "application/problem+json" }],
    ["a JSON body", { "content-type": "application/json" }],
    ["a JSON body that asks for anything", { "content-type": "application/json", accept: "*/*" }],
    ["jQuery", { "x-requested-with": "XMLHttpRequest", accept: "*/*" }],
    ["fetch() in a browser", { "sec-fetch-dest": "empty", accept: "*/*" }],
    ["EventSource", { "sec-fetch-dest": "empty", accept: "text/event-stream" }],
  ])("%s", (_name, headers) => {
    expect(wantsJson(testExchange({ headers }))).toBe(true);
  });
});

describe("a person gets a page", () => {
  test.each<[string, Record<string, string>]>([
    ["a browser", { accept: html, "sec-fetch-dest": "document" }],
    ["a browser's form", { accept: html, "content-type": "application/x-www-form-urlencoded" }],
    ["a frame", { accept: html, "sec-fetch-dest": "iframe" }],
    ["a script that asks for HTML", { accept: "text/html", "sec-fetch-dest": "empty" }],
    ["curl", { accept: "*/*" }],
    ["nothing said", {}],
  ])("%s", (_name, headers) => {
    expect(wantsJson(testExchange({ headers }))).toBe(false);
  });
});

test.each([
  ["application/json", true],
  ["Application/JSON; charset=utf-8", true],
  ["application/problem+json", true],
  [" application/json", true],
  ["text/json", false],
  ["text/plain; application/json", false],
  ["application/jsonx", false],
  ["application/x-www-form-urlencoded", false],
  [undefined, false],
])("%j is JSON: %s", (type, expected) => {
  expect(isJsonType(type)).toBe(expected);
});
