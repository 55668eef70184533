// Express alone: what everything else is compared with. Its cookie is as long as ours, so that
// requests have the same size.

import type { SetUp } from "../subject.ts";

const cookie = `sid=${"a".repeat(24)}.1.${"b".repeat(43)}`;

export const setUp: SetUp = (app) => {
  app.post("/enter", (_req, res) => {
    res.setHeader("set-cookie", `${cookie}; Path=/; HttpOnly; SameSite=Lax`).send("ok");
  });
  app.get("/read", (_req, res) => {
    res.send("u1 green");
  });
  app.post("/write", (_req, res) => {
    res.send("1");
  });
};
