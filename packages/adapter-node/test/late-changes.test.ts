// What a handler changes while its first change is being stored is stored as well, before the
// answer; and no second `end` overtakes the one that waits for it.

import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { describe, expect, it } from "vitest";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";
import { storeWith } from "./shared/site-parts.ts";

function slowStore(refuses: () => boolean = () => false) {
  const inner = memoryStore();
  return storeWith(
    {
      async create(record) {
        await sleep(10);
        return inner.create(record);
      },
      async replace(...args) {
        await sleep(10);
        if (refuses()) throw new StoreError("ERR_STORE_UNAVAILABLE", "the store is away");
        return inner.replace(...args);
      },
    },
    inner,
  );
}

describe.each([1, 2] as const)("HTTP/%i", (version) => {
  it("a change while the first one is being stored is not lost", async () => {
    const auth = setUp({ store: slowStore() });
    const listener = auth.handle((req, res) => {
      const { data } = auth.sessionOf(req);
      if (req.url === "/data") return res.end(JSON.stringify(data));
      data["a"] = req.url;
      res.write("x");
      data["b"] = 2;
      res.end("y");
      if (req.url === "/after") data["c"] = 3;
    });
    const { fetch } = await serve(listener, version);
    expect((await fetch("/")).body).toBe("xy");
    expect((await fetch("/data")).body).toBe('{"a":"/","b":2}');
    expect((await fetch("/after")).body).toBe("xy");
    expect((await fetch("/data")).body).toBe('{"a":"/after","b":2,"c":3}');
  });

  it("when that one can't be stored, the answer is an error", async () => {
    const auth = setUp({ store: slowStore(() => true) });
    const listener = auth.handle((req, res) => {
      const { data } = auth.sessionOf(req);
      data["a"] = 1;
      res.write("x");
      data["b"] = 2;
      res.end("y");
    });
    const { fetch } = await serve(listener, version);
    const reply = await fetch("/", { headers: { accept: "application/json" } });
    expect(reply).toMatchObject({ status: 503, setCookies: [] });
  });

  it("what is called after an end that waits for a late change does nothing", async () => {
    const auth = setUp({ store: slowStore() });
    const listener = auth.handle(async (req, res) => {
      const { data } = auth.sessionOf(req);
      if (req.url === "/data") return res.end(JSON.stringify(data));
      if (req.url === "/start") data["a"] = 1;
      else {
        res.write("x");
        data["late"] = true;
      }
      res.end("y");
      res.write("z");
      res.end();
    });
    const { fetch } = await serve(listener, version);
    expect((await fetch("/start")).body).toBe("y");
    expect((await fetch("/stream")).body).toBe("xy");
    expect((await fetch("/data")).body).toBe('{"a":1,"late":true}');
  });
});
