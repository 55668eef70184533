// Two processes of the app on one store: what they write at once is all kept, and a logout at one is
// a logout at the other.

import { join } from "node:path";
import { tempFolder } from "@latchkey/example-shared/start-app";
import { expect, test } from "vitest";
import { dataServers, onServer } from "./data-servers.ts";
import { appForAll } from "./start-app.ts";
import { alpha, Visitor } from "./visitor.ts";

const WRITES = 10_000;
const VISITORS = 100;
/**
 * Visitors at a time, and what each of them has under way: pairs of a write and an increment. More at a
 * time race no more for a session, but wait longer for the database, which has 400 ms for each call.
 */
const CROWD = 4;
const AT_ONCE = 5;

await onStore("SQLite", async () => `sqlite:${join(tempFolder(), "sessions.db")}`);
for (const [name, start] of dataServers) {
  await onServer(name, start, (server) => onStore(name, async () => server.url));
}

async function onStore(name: string, storeUrl: () => Promise<string>): Promise<void> {
  const folder = tempFolder();
  const store = await storeUrl();
  const apps = [
    await appForAll({ STORE: store }, folder),
    await appForAll({ STORE: store }, folder),
  ] as const;
  const enter = async (): Promise<[here: Visitor, there: Visitor, csrfToken: string]> => {
    const [here, there] = [new Visitor(apps[0].url), new Visitor(apps[1].url)];
    const cookie = await here.logIn(alpha);
    const { csrfToken } = await here.look();
    for (const pair of cookie.split("; ")) {
      const [sent = "", value = ""] = pair.split("=");
      there.browser.jar.set(sent, value);
    }
    return [here, there, csrfToken];
  };

  test(`${name}: ${WRITES} writes of different keys and ${WRITES} increments, none lost`, {
    timeout: 240_000,
  }, async () => {
    const each = WRITES / VISITORS;
    let visits = 0;
    const visitor = async (): Promise<void> => {
      const [here, there, csrfToken] = await enter();
      const browserOf = (number: number): Visitor => (number % 2 === 0 ? here : there);
      let next = 0;
      const runner = async (): Promise<void> => {
        for (let number = next++; number < each; number = next++) {
          const put = { key: `key-${number}`, value: number, csrfToken };
          const answers = await Promise.all([
            browserOf(number).put(put),
            browserOf(number + 1).increment("n", csrfToken),
          ]);
          expect(answers.map(({ status }) => status)).toEqual([200, 200]);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, runner));
      const { data } = await there.look();
      const { n, ...keys } = data;
      expect(n).toBe(each);
      expect(Object.keys(keys)).toHaveLength(each);
      for (const [key, value] of Object.entries(keys)) expect(key).toBe(`key-${value}`);
      here.browser.close();
      there.browser.close();
    };
    const seat = async (): Promise<void> => {
      while (visits++ < VISITORS) await visitor();
    };
    await Promise.all(Array.from({ length: CROWD }, seat));
  });

  test(`${name}: a logout in one process is final in the other`, { timeout: 60_000 }, async () => {
    for (let round = 0; round < 20; round++) {
      const [here, there, csrfToken] = await enter();
      const cookie = there.browser.jar.header();
      const writes = Array.from({ length: 20 }, (_, index) =>
        there.put({ key: `k${index}`, value: index, delayMs: index * 2, csrfToken, cookie }),
      );
      expect((await here.logOut(csrfToken)).status).toBe(200);
      expect(await there.look(cookie)).toMatchObject({ user: null, data: {} });
      for (const { status } of await Promise.all(writes)) expect([200, 401, 403]).toContain(status);
      expect(await there.look(cookie)).toMatchObject({ user: null, data: {} });
      here.browser.close();
      there.browser.close();
    }
  });
}
