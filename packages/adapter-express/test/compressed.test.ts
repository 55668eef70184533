// A compressor beside the session, in either order: answers are whole, and whoever waits for `drain`
// goes on, though a compressor before the session keeps the listeners to itself.

import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type Store, StoreError } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import express5, { type Express, type NextFunction, type Response } from "express";
import express4 from "express4";
import { describe, expect, it } from "vitest";
import { away, json, slowStore, storeWith } from "../../adapter-node/test/shared/site-parts.ts";
import { expectNoRejections } from "../../adapter-node/test/shared/wrong-answers.ts";
import { compressor } from "./compressor.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

expectNoRejections();

const small: readonly string[] = Array.from({ length: 5 }, (_, row) => `row ${row} `.repeat(100));
const large: readonly string[] = Array.from({ length: 5 }, (_, row) => `${row}`.repeat(40_000));

const many: readonly string[] = Array.from({ length: 3_000 }, (_, row) => `${row} `.repeat(30));

const ways: Record<string, (res: Response, rows: readonly string[]) => unknown> = {
  pipe: (res, rows) => Readable.from(rows).pipe(res),
  // Listens before the first byte.
  pipeline: (res, rows) => pipeline(each(rows), res),
  "once drain": async (res, rows) => {
    for (const row of rows) if (!res.write(row)) await once(res, "drain");
    res.end();
  },
  "on drain": (res, rows) => {
    const left = [...rows];
    const pump = (): void => {
      while (left.length > 0) if (!res.write(left.shift())) return;
      res.off("drain", pump).end();
    };
    res.on("drain", pump);
    pump();
  },
};

async function* each(rows: readonly string[]): AsyncGenerator<string> {
  yield* rows;
}

describe.each([
  ["Express 5", express5],
  ["Express 4", express4],
])("%s", (_name, express) => {
  describe.each(["before", "after"])("a compressor %s the session", (order) => {
    type Answer = (res: Response, path: string, failed: NextFunction) => unknown;

    function appWith(store: Store, answer: Answer): Express {
      const auth = setUp({ store });
      const app = express();
      app.use(...(order === "before" ? [compressor, auth.session] : [auth.session, compressor]));
      app.use((req, res, next) => {
        if (req.path !== "/plain") auth.sessionOf(req).data["n"] = 1;
        void answer(res, req.path, next);
      });
      app.use(auth.errors);
      return app;
    }

    it.each(["/send", "/write", "/head", "/plain"])("%s", async (path) => {
      const app = appWith(memoryStore(), (res, path) => {
        if (path === "/head") res.writeHead(200, { "x-own": "1" });
        if (path === "/send") return res.send("hello");
        res.write("hel");
        res.end("lo");
      });
      const { port } = await serve(app);
      const reply = await fetch(`http://127.0.0.1:${port}${path}`);
      expect(await reply.text()).toBe("hello");
      expect(reply.status).toBe(200);
      expect(reply.headers.get("content-encoding")).toBe("gzip");
      expect(reply.headers.getSetCookie()).toHaveLength(path === "/plain" ? 0 : 1);
    });

    describe.each(Object.entries(ways))("%s", (_way, send) => {
      it.each([
        ["small", small],
        ["large", large],
      ])("of %s rows is whole", async (_size, rows) => {
        const { port } = await serve(appWith(slowStore(), (res) => send(res, rows)));
        const reply = await fetch(`http://127.0.0.1:${port}`);
        expect(await reply.text()).toBe(rows.join(""));
        expect(reply.headers.getSetCookie()).toHaveLength(1);
      });
    });

    it("its error page is whole", async () => {
      const app = appWith(storeWith({ create: away }), (res) => {
        res.write("all ");
        res.end("stored!");
      });
      const { port } = await serve(app);
      const reply = await fetch(`http://127.0.0.1:${port}`, { headers: json });
      expect(await reply.json()).toMatchObject({ code: "unavailable" });
      expect(reply.status).toBe(503);
      expect(reply.headers.getSetCookie()).toEqual([]);
    });

    it.each([
      ["small", small],
      ["large", large],
      ["many", many],
    ])(
      "who waits for `drain` of an answer that is dropped goes on: %s rows",
      async (_size, rows) => {
        let left = 2;
        const app = appWith(slowStore(true), async (res) => {
          for (const row of rows) if (!res.write(row)) await once(res, "drain");
          left -= 1;
          await sleep(50); // It is dropped by now.
          for (const row of rows) if (!res.write(row)) await once(res, "drain");
          left -= 1;
        });
        const { port } = await serve(app);
        const reply = await fetch(`http://127.0.0.1:${port}`, { headers: json });
        expect(reply.status).toBe(503);
        await expect.poll(() => left, { timeout: 3_000 }).toBe(0);
      },
    );

    it("so does who begins behind the error page", async () => {
      let isOver = false;
      const app = appWith(memoryStore(), async (res, _path, failed) => {
        failed(new StoreError("ERR_STORE_UNAVAILABLE", "the store is away"));
        await sleep(20);
        for (const row of small) if (!res.write(row)) await once(res, "drain");
        isOver = true;
      });
      const { port } = await serve(app);
      const reply = await fetch(`http://127.0.0.1:${port}`, { headers: json });
      expect(reply.status).toBe(503);
      await expect.poll(() => isOver, { timeout: 3_000 }).toBe(true);
    });
  });
});
