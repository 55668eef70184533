// Answers that Node refuses, only found out about once the session is stored.

import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, expect } from "vitest";

/** No status: nobody is left waiting. */
export const CUT_OFF = null;

type WrongAnswer = [answer: (res: ServerResponse) => unknown, status: number | typeof CUT_OFF];

export const wrongAnswers: Record<string, WrongAnswer> = {
  "a chunk that is none": [(res) => Reflect.apply(res.write, res, [5]), 500],
  "a last chunk that is none": [(res) => Reflect.apply(res.end, res, [5]), 500],
  "a status that is none": [(res) => Object.assign(res, { statusCode: 11_000 }).end("y"), 500],
  "a second chunk that is none": [
    (res) => {
      res.write("x");
      Reflect.apply(res.write, res, [5]);
    },
    CUT_OFF,
  ],
};

/** For the tests of a file: no rejection goes unhandled. */
export function expectNoRejections(): void {
  let rejections: unknown[] = [];
  const rejected = (reason: unknown): void => void rejections.push(reason);
  beforeEach(() => {
    rejections = [];
    process.on("unhandledRejection", rejected);
  });
  afterEach(() => {
    process.off("unhandledRejection", rejected);
    expect(rejections).toEqual([]);
  });
}
