// Promise: what several processes write to a session at once is all kept.

import type { Answer } from "@latchkey/testing";
import { expect, test } from "vitest";
import type { Stage } from "./promises.ts";
import { Visitor } from "./visitor.ts";

/** Sessions at a time, and what each of them has under way: pairs of a write and an increment. */
const CROWD = 4;
const AT_ONCE = 5;

export function testUpdates(stage: Stage): void {
  const { sessions, writes } = stage.size;
  const total = sessions * writes;
  test(`${total} writes of different keys and ${total} increments: none lost`, {
    timeout: 600_000,
  }, async () => {
    let begun = 0;
    const seat = async (): Promise<void> => {
      try {
        while (begun++ < sessions) await oneSession(stage);
      } finally {
        begun = sessions; // After a failure, the others don't go on in the background.
      }
    };
    await Promise.all(Array.from({ length: CROWD }, seat));
  });
}

async function oneSession(stage: Stage): Promise<void> {
  const { writes } = stage.size;
  const here = new Visitor(stage.url(0));
  await here.logIn(stage.account);
  const there = here.at(stage.url(1));
  const counts: number[] = [];
  const refused: Answer[] = [];
  let next = 0;
  const runner = async (): Promise<void> => {
    for (let number = next++; number < writes; number = next++) {
      const [writer, counter] = number % 2 === 0 ? [here, there] : [there, here];
      const [written, counted] = await Promise.all([
        writer.put({ key: `key-${number}`, value: number }),
        counter.increment("n"),
      ]);
      refused.push(...[written, counted].filter(({ status }) => status !== 200));
      if (refused.length > 0) return;
      counts.push(Number(counted.json()));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runner));
  expect(refused.map(({ request, status, text }) => `${request}: ${status} ${text}`)).toEqual([]);
  const numbers = Array.from({ length: writes }, (_, number) => number);
  const expected = Object.fromEntries(numbers.map((number) => [`key-${number}`, number]));
  for (const visitor of [here, there]) {
    expect((await visitor.look()).data).toEqual({ ...expected, n: writes });
    visitor.close();
  }
  // Each increment was told a number of its own.
  expect(counts.sort((a, b) => a - b)).toEqual(numbers.map((number) => number + 1));
}
