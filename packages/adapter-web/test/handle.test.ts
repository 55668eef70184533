// Whatever Response a handler returns: the session is stored first, and its cookie is sent once.

import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { fetchClient } from "../../adapter-node/test/shared/fetch-client.ts";
import { FOREIGN, storedFirstTests } from "../../adapter-node/test/shared/stored-first-suite.ts";
import { browse } from "./browse.ts";
import { setUp } from "./setup.ts";

const withCookie = { headers: [["set-cookie", FOREIGN] as [string, string]] };

const answers: Record<string, () => Response | Promise<Response>> = {
  text: () => new Response("body"),
  json: () => Response.json({ some: "body" }),
  "no body": () => new Response(null, { status: 204 }),
  "not modified": () => new Response(null, { status: 304, headers: { etag: '"v1"' } }),
  "a redirect, whose headers can't be changed": () => Response.redirect("http://localhost/x", 303),
  "a fetched response, whose headers can't be changed": () => fetch("data:text/plain,body"),
  "a cookie of the app's own": () => new Response("body", withCookie),
  "a stream": () => new Response(ReadableStream.from(["bo", "dy"].map((t) => Buffer.from(t)))),
};

describe.each(Object.entries(answers))("%s", (name, answer) => {
  const cookies = name.includes("own") ? [FOREIGN] : [];
  storedFirstTests(
    async (store) => {
      const auth = setUp({ store });
      return fetchClient((request) =>
        auth.handle(request, ({ session }) => {
          if (request.url.endsWith("/data")) return Response.json(session.data);
          session.data["seen"] = true;
          return answer();
        }),
      );
    },
    { cookies },
  );
});

it("a response that changes nothing is passed on as it is", async () => {
  const auth = setUp();
  const own = new Response("body");
  const { fetch: send } = browse((request) => auth.handle(request, () => own));
  expect(await send("/")).toBe(own);
});

it("a response that the app sends to everybody never carries somebody's cookie", async () => {
  const auth = setUp();
  const shared = new Response(null, { status: 404 });
  const { fetch: send } = browse((request) =>
    auth.handle(request, ({ session }) => {
      session.data["a"] = 1;
      return shared;
    }),
  );
  expect((await send("/")).headers.getSetCookie()).toHaveLength(1);
  expect(shared.headers.getSetCookie()).toEqual([]);
});

it("handle within handle is one session", async () => {
  const auth = setUp();
  const inner = auth.route((_request, { session }) => Response.json(session.data));
  const { fetch: send } = browse((request) =>
    auth.handle(request, ({ session }) => {
      session.data["a"] = 1;
      return inner(request);
    }),
  );
  const response = await send("/");
  expect(await response.json()).toEqual({ a: 1 });
  expect(response.headers.getSetCookie()).toHaveLength(1);
});

describe("after the response was returned, while it streams", () => {
  async function stream(begin: boolean) {
    const auth = setUp();
    const late: unknown[] = [];
    const { fetch: send } = browse((request) =>
      auth.handle(request, ({ session }) => {
        if (request.url.endsWith("/data")) return Response.json(session.data);
        if (begin) session.data["early"] = 1;
        async function* chunks() {
          yield Buffer.from("one");
          session.data["late"] = true;
          await session.save().catch((error) => late.push(error.code));
          yield Buffer.from("two");
        }
        return new Response(ReadableStream.from(chunks()));
      }),
    );
    expect(await (await send("/")).text()).toBe("onetwo");
    return { late, data: await (await send("/data")).json() };
  }

  it("save stores in a session that has its cookie", async () => {
    expect(await stream(true)).toEqual({ late: [], data: { early: 1, late: true } });
  });

  it("save is refused where a cookie would be needed", async () => {
    expect(await stream(false)).toEqual({ late: ["ERR_SESSION_LATE"], data: {} });
  });
});

it("a handler that throws stores nothing but what it saved, and sends no cookie", async () => {
  const auth = setUp();
  const thrown = new Error("NEXT_REDIRECT");
  const { fetch: send, cookies } = browse((request) =>
    auth.handle(request, async ({ session }) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/data") return Response.json(session.data);
      session.data[pathname] = 1;
      if (pathname === "/start") return new Response("started");
      if (pathname === "/saved") await session.save();
      throw thrown;
    }),
  );
  await expect(send("/saved")).rejects.toBe(thrown);
  expect(cookies.size).toBe(0);
  await send("/start");
  await expect(send("/saved")).rejects.toBe(thrown);
  await expect(send("/lost")).rejects.toBe(thrown);
  expect(await (await send("/data")).json()).toEqual({ "/start": 1, "/saved": 1 });
});

it("a request that was aborted stores all the same", async () => {
  const auth = setUp();
  const { fetch: send } = browse((request) =>
    auth.handle(request, async ({ session }) => {
      if (request.url.endsWith("/data")) return Response.json(session.data);
      if (request.url.endsWith("/start")) session.data["a"] = 1;
      if (request.url.endsWith("/slow")) {
        abort.abort();
        await sleep(5);
        session.data["kept"] = true;
      }
      return new Response("ok");
    }),
  );
  const abort = new AbortController();
  await send("/start");
  await send("/slow", { signal: abort.signal });
  expect(await (await send("/data")).json()).toEqual({ a: 1, kept: true });
});

it("outside of handle, and with another request, the accessors say what is missing", async () => {
  const auth = setUp();
  const request = new Request("http://localhost/");
  expect(() => auth.sessionOf(request)).toThrow(/auth\.handle or auth\.route/);
  await auth.handle(request, () => new Response(auth.sessionOf(request).id));
  expect(() => auth.principalOf(request)).toThrow(TypeError);
});
