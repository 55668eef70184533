// Random interleavings of requests on two pools of one database server.
import { sessionModel } from "@latchkey/testing/model";
import { afterAll, describe, test } from "vitest";
import { subjectOn, twoPools } from "./server-store.ts";
import type { Server } from "./servers.ts";

export function modelSuite(server: () => Server, runs: number): void {
  const pools = twoPools(server);
  afterAll(pools.close);
  describe("the session model", { timeout: 240_000 }, () => {
    sessionModel({ test: test.concurrent, runs, create: () => subjectOn(pools.get()) });
  });
}
