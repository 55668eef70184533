// What is printed when a store is away and every request fails.

import { StoreError } from "@latchkey/session-core";
import { expect, test } from "vitest";
import { createErrorLog } from "../src/error-log.ts";

const away = (message: string): StoreError => new StoreError("ERR_STORE_UNAVAILABLE", message);

test("one of a kind each second, and how many were left out", () => {
  const printed: unknown[] = [];
  let time = 0;
  const log = createErrorLog(
    (...parts) => void printed.push(...parts),
    () => time,
  );
  const first = away("a");
  log(first);
  for (let count = 0; count < 999; count++) log(away("b"));
  expect(printed).toEqual([first]);
  time += 1_000;
  const next = away("c");
  log(next);
  expect(printed).toEqual([first, "999 more of ERR_STORE_UNAVAILABLE", next]);
});

test("other errors don't wait for each other, nor for a clock put back", () => {
  const printed: unknown[] = [];
  let time = 5_000;
  const log = createErrorLog(
    (...parts) => void printed.push(...parts),
    () => time,
  );
  const errors = [away("a"), new TypeError("x"), new TypeError("y"), "text", undefined];
  for (const error of errors) log(error);
  time = 0;
  log(errors[1]);
  expect(printed).toEqual([...errors, errors[1]]);
});

test("errors without end of kinds are forgotten", () => {
  const printed: unknown[] = [];
  const log = createErrorLog(
    (error) => void printed.push(error),
    () => 0,
  );
  for (let count = 0; count < 1_000; count++) log(new Error(`number ${count}`));
  expect(printed).toHaveLength(1_000);
});
