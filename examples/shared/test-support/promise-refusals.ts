// Promise: while the store's server refuses writes, reads go on, and a write is refused and changes
// nothing: it is never answered as if it had been stored.

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Stage } from "./promises.ts";
import { Visitor } from "./visitor.ts";

const BACK_MS = 10_000;

export function testRefusals(stage: Stage): void {
  describe("its server refuses writes", () => {
    let visitor: Visitor;
    beforeAll(() => {
      visitor = new Visitor(stage.url(0));
    });
    afterAll(() => visitor.close());

    test("reads go on, writes are refused and change nothing", { timeout: 60_000 }, async () => {
      const { refusals } = stage.opened();
      expect(refusals).not.toEqual([]);
      for (const { what, begin, end } of refusals) {
        await visitor.logIn(stage.account);
        const before = await visitor.look();
        await begin();
        try {
          for (let turn = 0; turn < 10; turn++) {
            expect((await visitor.put({ key: "refused", value: turn })).status, what).toBe(503);
            expect((await visitor.browser.get("/api/me")).status, what).toBe(200);
          }
          const login = await new Visitor(visitor.browser.origin).tryLogIn(stage.account);
          expect(login.status, what).toBe(503);
          expect(login.setCookies).toEqual([]);
          expect(login.text).not.toMatch(/redis|postgres|mysql|read-?only|memory|node:/i);
        } finally {
          await end();
        }
        const again = Date.now() + BACK_MS; // Writes are given a pause.
        while ((await visitor.put({ key: "back", value: what })).status !== 200) {
          expect(Date.now(), "not back").toBeLessThan(again);
          await sleep(50);
        }
        expect((await visitor.look()).data).toEqual({ ...before.data, back: what });
      }
    });
  });
}
