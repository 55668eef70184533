// How the adapter contract says what is wrong: one sentence, with what was demanded and what came.

import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Answer } from "./adapter-contract-browser.ts";

export function expectEqual(actual: unknown, expected: unknown, rule: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  assert.fail(`${rule}: expected ${show(expected)}, got ${show(actual)}`);
}

export function expectTrue(condition: boolean, rule: string): void {
  if (!condition) assert.fail(rule);
}

/** @param statuses One, or several that are all right. */
export function expectStatus(answer: Answer, statuses: number | number[], rule: string): void {
  const allowed = [statuses].flat();
  if (allowed.includes(answer.status)) return;
  const body = answer.text.replace(/\s+/g, " ").slice(0, 200);
  assert.fail(
    `${rule}: expected status ${allowed.join(" or ")}, got ${answer.status} from ${answer.request}: ${body}`,
  );
}

/** RFC 9457: status, content type and the members that programs go by. */
export function expectProblem(answer: Answer, status: number, rule: string): void {
  expectStatus(answer, status, rule);
  expectEqual(mediaType(answer), "application/problem+json", `${rule}: content type`);
  expectEqual(at(answer.json(), "status"), status, `${rule}: status in the problem`);
  expectEqual(typeof at(answer.json(), "title"), "string", `${rule}: type of the problem's title`);
}

/** A whole page for people. */
export function expectPage(answer: Answer, status: number, rule: string): void {
  expectStatus(answer, status, rule);
  expectEqual(mediaType(answer), "text/html", `${rule}: content type`);
  expectTrue(/<html\b[^>]*\blang=/i.test(answer.text), `${rule}: the page says its language`);
  expectTrue(/<title>[^<]+<\/title>/i.test(answer.text), `${rule}: the page has a title`);
}

/** A redirect of which the next request is a GET, to this very path and query. */
export function expectRedirect(answer: Answer, to: string, rule: string): void {
  expectStatus(answer, [302, 303], rule);
  expectEqual(answer.header("location"), to, `${rule}: location`);
}

export function mediaType(answer: Answer): string | null {
  return answer.header("content-type")?.split(";")[0]?.trim().toLowerCase() ?? null;
}

/** A member of parsed JSON, by its path; `undefined` when it isn't there. */
export function at(value: unknown, ...path: string[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) {
      return undefined;
    }
    current = Reflect.get(current, key);
  }
  return current;
}

/** The same, where only text will do. */
export function textAt(value: unknown, ...path: string[]): string {
  const found = at(value, ...path);
  if (typeof found === "string") return found;
  return assert.fail(`expected text at ${path.join(".")}, got ${show(found)} in ${show(value)}`);
}

export function numberAt(value: unknown, ...path: string[]): number {
  const found = at(value, ...path);
  if (typeof found === "number") return found;
  return assert.fail(`expected a number at ${path.join(".")}, got ${show(found)}`);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
}
