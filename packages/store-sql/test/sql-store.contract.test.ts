// The Store contract on every SQLite driver, with a fake clock.
import { storeContract } from "@latchkey/testing";
import type { Kysely } from "kysely";
import { describe, test } from "vitest";
import { sqlStore } from "../src/index.ts";
import { openBetterSqlite3, openNodeSqlite, testFile } from "./databases.ts";

describe("node:sqlite, a file and two clients", () => overFile(openNodeSqlite));

describe("better-sqlite3, a file and two clients", () => overFile(openBetterSqlite3));

describe("node:sqlite in memory", () => {
  storeContract({
    test,
    create: async () => {
      const clock = fakeClock();
      const db = openNodeSqlite(":memory:");
      return { store: sqlStore(db, clock), ...clock, close: () => db.destroy() };
    },
  });
});

function overFile(open: (path: string) => Kysely<unknown>): void {
  storeContract({
    test,
    create: async () => {
      const clock = fakeClock();
      const file = testFile();
      const first = open(file.path);
      const second = open(file.path);
      return {
        store: sqlStore(first, clock),
        peer: sqlStore(second, clock),
        ...clock,
        close: async () => {
          await first.destroy();
          await second.destroy();
          file.remove();
        },
      };
    },
  });
}

function fakeClock() {
  let time = Date.UTC(2030, 0, 1);
  return {
    now: () => time,
    advance: async (ms: number): Promise<void> => {
      time += ms;
    },
  };
}
