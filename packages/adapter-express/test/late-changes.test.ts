// What a handler changes while its first change is being stored is stored as well, before the
// answer; and no second `end` overtakes the one that waits for it.

import { setTimeout as sleep } from "node:timers/promises";
import { memoryStore } from "@latchkey/store-memory";
import express5 from "express";
import express4 from "express4";
import { expect, it } from "vitest";
import { storeWith } from "../../adapter-node/test/shared/site-parts.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

it.each([
  ["Express 5", express5],
  ["Express 4", express4],
])("%s", async (_name, express) => {
  const inner = memoryStore();
  const store = storeWith(
    {
      async replace(...args) {
        await sleep(10);
        return inner.replace(...args);
      },
    },
    inner,
  );
  const auth = setUp({ store });
  const app = express();
  app.use(auth.session);
  app.get("/data", (req, res) => void res.json(auth.sessionOf(req).data));
  app.get("/while-held", (req, res) => {
    const { data } = auth.sessionOf(req);
    data["a"] = 1;
    res.write("x");
    data["b"] = 2;
    res.end("y");
  });
  app.get("/late", (req, res) => {
    res.write("x");
    auth.sessionOf(req).data["late"] = true;
    res.end("y");
    res.end();
  });
  const { fetch } = await serve(app);
  expect((await fetch("/while-held")).body).toBe("xy");
  expect((await fetch("/data")).body).toBe('{"a":1,"b":2}');
  expect((await fetch("/late")).body).toBe("xy");
  expect((await fetch("/data")).body).toBe('{"a":1,"b":2,"late":true}');
});
