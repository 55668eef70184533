// What every store keeps, on a database server.
import { storeContract } from "@latchkey/testing";
import { afterAll, test } from "vitest";
import { subjectOn, twoPools } from "./server-store.ts";
import type { Server } from "./servers.ts";

export function contractSuite(server: () => Server): void {
  const pools = twoPools(server);
  afterAll(pools.close);
  storeContract({ test, create: () => subjectOn(pools.get()) });
}
