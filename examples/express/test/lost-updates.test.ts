// Requests of one session that run side by side: none undoes what another wrote.

import { tempFolder } from "@latchkey/example-shared/start-app";
import { Visitor } from "@latchkey/example-shared/visitor";
import { expect, test } from "vitest";
import { alpha, appForAll, storesIn } from "./start-app.ts";

const ROUNDS = 20;
const WRITERS = 50;

for (const [name, store] of storesIn(tempFolder())) {
  const app = await appForAll({ STORE: store });

  test(`${name}: ${WRITERS} parallel writers of different keys, ${ROUNDS} times, lose nothing`, async () => {
    const visitor = new Visitor(app.url);
    await visitor.logIn(alpha);
    for (let round = 0; round < ROUNDS; round++) {
      const writes = Array.from({ length: WRITERS }, (_, index) => {
        const delayMs = (index * 7) % 40;
        return visitor.put({ key: `key-${round}-${index}`, value: index, delayMs });
      });
      const statuses = (await Promise.all(writes)).map(({ status }) => status);
      expect(new Set(statuses)).toEqual(new Set([200]));
    }
    const { data } = await visitor.look();
    const expected = Array.from({ length: ROUNDS * WRITERS }, (_, index): [string, number] => {
      const round = Math.floor(index / WRITERS);
      return [`key-${round}-${index % WRITERS}`, index % WRITERS];
    });
    expect(data).toEqual(Object.fromEntries(expected));
  });

  test(`${name}: ${WRITERS} parallel increments, ${ROUNDS} times, count exactly`, async () => {
    const visitor = new Visitor(app.url);
    await visitor.logIn(alpha);
    const told: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const answers = await Promise.all(
        Array.from({ length: WRITERS }, (_, index) => visitor.increment("n", index % 10)),
      );
      told.push(...answers.map((answer) => Number(answer.json())));
    }
    const { data } = await visitor.look();
    expect(data["n"]).toBe(ROUNDS * WRITERS);
    // Each was told a number of its own: every one from 1 to 1,000.
    const sorted = told.sort((a, b) => a - b);
    expect(sorted).toEqual(Array.from({ length: ROUNDS * WRITERS }, (_, index) => index + 1));
  });

  test(`${name}: writers and increments side by side disturb nobody`, async () => {
    const visitor = new Visitor(app.url);
    await visitor.logIn(alpha);
    const all = Array.from({ length: 100 }, (_, index) =>
      index % 2 === 0
        ? visitor.increment("n", index % 20)
        : visitor.put({ key: `k${index}`, value: index, delayMs: index % 20 }),
    );
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    const { data } = await visitor.look();
    expect(Object.keys(data).length).toBe(51);
    expect(data["n"]).toBe(50);
  });
}
