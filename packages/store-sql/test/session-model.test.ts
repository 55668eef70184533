// Random interleavings of requests on two clients of one SQLite file.
import { sessionModel } from "@latchkey/testing/model";
import { describe, test } from "vitest";
import { sqlStore } from "../src/index.ts";
import { openNodeSqlite, testFile } from "./databases.ts";

describe("node:sqlite", { timeout: 240_000 }, () => {
  sessionModel({
    test,
    runs: 334,
    create: async () => {
      let time = Date.UTC(2030, 0, 1);
      const now = (): number => time;
      const file = testFile();
      const clients = [openNodeSqlite(file.path), openNodeSqlite(file.path)] as const;
      return {
        store: sqlStore(clients[0], { now }),
        peer: sqlStore(clients[1], { now }),
        now,
        advance: async (ms) => {
          time += ms;
        },
        close: async () => {
          await Promise.all(clients.map((client) => client.destroy()));
          file.remove();
        },
      };
    },
  });
});
