// The machine's clock is wrong for a while and then put right: nobody is logged in for longer.

import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, START, type TestSession, testApp } from "./test-app.ts";

const JUMP = 10 * MINUTE;
const user = (session: TestSession): unknown => session.user;
const login = (session: TestSession): Promise<void> => session.login({ id: "ann" });
const write = (session: TestSession): void => {
  session.data["n"] = Math.random();
};

describe.each([
  ["ahead and back", [JUMP, -JUMP]],
  ["back and ahead", [-JUMP, JUMP]],
])("a clock that jumps %s by ten minutes", (_, [out = 0, home = 0]) => {
  it.each([
    ["visits", user],
    ["writes", write],
  ])("%s meanwhile leave the absolute end where it was", async (_name, act) => {
    const app = testApp({ lifetime: "1d" });
    const browser = app.browser();
    await browser.visit(login);
    for (let hour = 0; hour < 23; hour++) {
      app.advance(HOUR + out);
      await browser.visit(act);
      app.advance(home);
      expect(await browser.visit((session) => session.expiresAt)).toBe(START + DAY);
    }
    app.advance(HOUR - 1);
    expect(await browser.visit(user)).toEqual({ id: "ann" });
    app.advance(1);
    expect(await browser.visit(user)).toBeNull();
  });

  it("an idle session still ends when it is not visited for that long", async () => {
    const app = testApp({ lifetime: "1d", idle: "30m" });
    const browser = app.browser();
    await browser.visit(login);
    app.advance(out);
    await browser.visit(user);
    app.advance(home);
    const seen = app.now();
    const end = await browser.visit((session) => session.expiresAt);
    expect(end).toBeLessThanOrEqual(seen + 30 * MINUTE);
  });
});
