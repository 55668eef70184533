// A change of keys as the README has it: with some processes a step ahead of the others, nobody is
// logged out.

import { expect, it } from "vitest";
import { testApp } from "./test-app.ts";

const [OLD, NEW] = ["o".repeat(32), "n".repeat(32)];

it("behind the old key, then in front of it, then alone: every step is safe beside the one before", async () => {
  const app = testApp();
  const steps = [[OLD], [OLD, NEW], [NEW, OLD]].map((keys) => app.another({ keys }));
  for (const [index, ahead] of steps.entries()) {
    const behind = steps[index - 1] ?? ahead;
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "ann" }), { sessions: ahead });
    for (const sessions of [behind, ahead, behind]) {
      const user = await browser.visit((session) => session.user, { sessions });
      expect(user, `step ${index}`).toEqual({ id: "ann" });
    }
  }
});

it("in front at once, it logs people out at the processes that don't know it", async () => {
  const app = testApp();
  const [before, after] = [[OLD], [NEW, OLD]].map((keys) => app.another({ keys }));
  if (before === undefined || after === undefined) throw new Error("two steps");
  const browser = app.browser();
  await browser.visit((session) => session.login({ id: "ann" }), { sessions: after });
  expect(await browser.visit((session) => session.user, { sessions: before })).toBe(null);
});
