// A reply waits for its session to be stored; what comes meanwhile neither overtakes nor changes it.

import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "@latchkey/session-core";
import type { TestClient } from "@latchkey/tools/test-client";
import fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { describe, expect, it } from "vitest";
import { away, json, storeWith } from "../../adapter-node/test/shared/site-parts.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

const second: Record<string, Handler> = {
  "by mistake": (_request, reply) => {
    reply.send("first");
    reply.code(500).header("x-second", "2").type("text/html").send("another, and longer");
  },
  "of an async handler that forgets to return the reply": async (_request, reply) => {
    reply.send("first");
  },
  "of a timeout": async (_request, reply) => {
    setTimeout(() => {
      if (!reply.sent) reply.code(202).header("set-cookie", "late=1").send("still working");
    }, 10);
    return reply.send("first");
  },
  "an error that comes late": async (_request, reply) => {
    reply.send("first");
    await sleep(10);
    throw new Error("late");
  },
  "a fault of the store that comes late": async (_request, reply) => {
    reply.send("first");
    await sleep(10);
    throw new StoreError("ERR_STORE_UNAVAILABLE", "the store is away");
  },
};

describe.each(Object.entries(second))("a second reply, %s", (_name, handler) => {
  describe.each(["no", "a"])("%s hook that takes its time", (hook) => {
    async function site(fails: boolean): Promise<TestClient> {
      const inner = storeWith({});
      const store = storeWith(
        {
          async create(record) {
            await sleep(40);
            return fails ? away() : inner.create(record);
          },
        },
        inner,
      );
      const auth = setUp({ store });
      const app = fastify();
      await app.register(auth.session);
      if (hook === "a") app.addHook("onSend", async () => sleep(5));
      app.setErrorHandler(auth.errors);
      app.get("/", (request, reply) => {
        auth.sessionOf(request).data["order"] = 1;
        return handler(request, reply);
      });
      app.get("/data", async (request) => auth.sessionOf(request).data);
      return serve(app);
    }

    it("changes nothing about the first, which is stored", async () => {
      const { fetch } = await site(false);
      const reply = await fetch("/");
      expect(reply).toMatchObject({ status: 200, body: "first" });
      expect(reply.headers["content-type"]).toBe("text/plain; charset=utf-8");
      expect(reply.headers).not.toHaveProperty("x-second");
      expect(reply.setCookies).toEqual([expect.stringMatching(/^sid=/)]);
      expect((await fetch("/data")).body).toBe('{"order":1}');
    });

    it("is not sent in place of the fault when the first can't be stored", async () => {
      const { fetch } = await site(true);
      const reply = await fetch("/", { headers: json });
      expect(reply).toMatchObject({ status: 503, setCookies: [] });
      expect(reply.body).toMatch(/"(?:code|error)":"(?:unavailable|Service Unavailable)"/);
      expect(await fetch("/data")).toMatchObject({ status: 200, body: "{}" });
    });
  });
});
