// A page for recent visitors only: whoever comes too late doesn't get in by coming again.

import { expect, it } from "vitest";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

it("a refusal that keeps where the visitor wanted to go is no visit", async () => {
  let time = Date.UTC(2030, 0, 1);
  const auth = setUp({ now: () => time });
  const listener = auth.handle(async (req, res) => {
    const session = auth.sessionOf(req);
    if (req.url === "/login") await session.login({ id: "alpha" });
    else if (!session.visitedWithin("10m")) {
      session.data["returnTo"] = req.url;
      res.statusCode = 401;
    }
    res.end(session.user?.id);
  });
  const { fetch } = await serve(listener);
  await fetch("/login");
  expect((await fetch("/transfer")).status).toBe(200);
  time += 3_600_000;
  for (const _ of [1, 2, 3]) expect((await fetch("/transfer")).status).toBe(401);
  await fetch("/login");
  expect((await fetch("/transfer")).status).toBe(200);
});
