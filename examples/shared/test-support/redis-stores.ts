// For the tests of every example: stores on a real Redis, an empty one each time.

import { ensureRedis, startRedis } from "@latchkey/tools/redis";
import { afterAll, describe } from "vitest";

const DATABASES = 500;

/** Registers tests on a server of their own, or skips them with the reason where there is none. */
export async function onRedis(tests: (newStore: () => string) => void): Promise<void> {
  const programs = await ensureRedis();
  const reason = "missing" in programs ? ` (${programs.missing})` : "";
  const server =
    "missing" in programs
      ? null
      : await startRedis(programs, { settings: [`databases ${DATABASES}`] });
  describe.skipIf(server === null)(`on Redis${reason}`, () => {
    if (server === null) return;
    afterAll(() => server.stop());
    let stores = 0;
    tests(() => {
      stores += 1;
      return `${server.url}/${stores}`;
    });
  });
}
