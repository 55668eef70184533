// Another library may own `req.session`: it keeps it, and `sessionOf` works beside it.

import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import express5, { type RequestHandler } from "express";
import express4 from "express4";
import { describe, expect, it } from "vitest";
import { storeWith } from "../../adapter-node/test/shared/site-parts.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

const owners: Record<string, PropertyDescriptor> = {
  "a value": { value: "theirs", writable: true, configurable: true },
  "a getter": { get: () => "theirs", configurable: true },
  "a getter that can't be replaced": { get: () => "theirs" },
};

describe.each([
  ["Express 5", express5],
  ["Express 4", express4],
])("%s", (_name, express) => {
  it.each(Object.entries(owners))("%s", async (_owner, descriptor) => {
    const inner = memoryStore();
    let down = false;
    const store = storeWith(
      {
        async get(id) {
          await sleep(1);
          if (down) throw new StoreError("ERR_STORE_UNAVAILABLE", "the store is away");
          return inner.get(id);
        },
      },
      inner,
    );
    const auth = setUp({ store });
    const app = express();
    const own: RequestHandler = (req, _res, next) => {
      Object.defineProperty(req, "session", descriptor);
      next();
    };
    app.use(own, auth.session);
    app.get("/", (req, res) => {
      const { data } = auth.sessionOf(req);
      data["visits"] = Number(data["visits"] ?? 0) + 1;
      res.send(`${Reflect.get(req, "session")} ${data["visits"]}`);
    });
    app.get("/public", (req, res) => void res.send(Reflect.get(req, "session")));
    const { fetch } = await serve(app);
    expect((await fetch("/")).body).toBe("theirs 1");
    expect((await fetch("/")).body).toBe("theirs 2");
    down = true;
    expect((await fetch("/public")).body).toBe("theirs");
  });
});
