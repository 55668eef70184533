// A process that writes is killed, again and again: what the store had answered is in the table.
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { sqlStore } from "../src/index.ts";
import { startChild } from "./child-process.ts";
import { expectSaid } from "./expect-said.ts";
import { newTable, type Server } from "./servers.ts";

const writer = new URL("./children/writer.ts", import.meta.url);
const ROUNDS = 5;
const AT_ONCE = 4;

export function killsSuite(server: () => Server): void {
  test(`kill -9 of ${ROUNDS * AT_ONCE} writers: what was answered is there`, {
    timeout: 120_000,
  }, async () => {
    const { data, open } = server();
    const table = newTable();
    const said: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const runs = Array.from({ length: AT_ONCE }, async (_, index) => {
        const child = startChild(writer, data.url, `${round}-${index}`, table);
        while (child.lines().length < 5) await sleep(5);
        await sleep(Math.random() * 100);
        child.process.kill("SIGKILL");
        expect(await child.ended).toBe("SIGKILL");
        said.push(...child.lines());
      });
      await Promise.all(runs);
    }
    expect(said.length).toBeGreaterThan(ROUNDS * AT_ONCE * 5);
    const db = open(data.url);
    await expectSaid(sqlStore(db, { table, timeout: "20s" }), said);
    await db.destroy();
  });
}
