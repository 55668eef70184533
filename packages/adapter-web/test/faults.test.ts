// A store that fails is an error for whoever uses the session, and for nobody else; nothing of an
// answer that could not be stored gets out.

import { memoryStore } from "@latchkey/store-memory";
import { expect, it } from "vitest";
import { droppedCookiesSuite, faultsSuite } from "../../adapter-node/test/shared/faults-suite.ts";
import { fetchClient } from "../../adapter-node/test/shared/fetch-client.ts";
import { away, json, login, storeWith } from "../../adapter-node/test/shared/site-parts.ts";
import { browse } from "./browse.ts";
import { setUp } from "./setup.ts";

faultsSuite(async (store) => {
  const auth = setUp({ store });
  const [serveLogin, members] = [auth.login(login, { delay: "1ms" }), auth.require(true)];
  return fetchClient((request) =>
    auth.handle(request, async (visit) => {
      switch (new URL(request.url).pathname) {
        case "/login":
          return serveLogin(request);
        case "/members":
          return (await members(request)) ?? new Response("members");
        case "/mine":
          return new Response(visit.session.user?.id ?? "nobody");
        case "/data":
          return Response.json(visit.session.data);
        case "/save":
          visit.session.data["a"] = 1;
          await visit.session.save();
          return new Response("stored");
        case "/bad":
          visit.session.data["n"] = 1n;
          return new Response("ok");
        default:
          return new Response("public");
      }
    }),
  );
});

// Nothing comes before the session; and a page of Latchkey's own is a Response of its own.
droppedCookiesSuite(async (store) => {
  const auth = setUp({ store });
  return fetchClient((request) =>
    auth.handle(request, async ({ session }) => {
      const name = session.user?.id ?? "nobody";
      if (!request.url.endsWith("/mine")) session.data["a"] = 1;
      if (request.url.endsWith("/save")) await session.save();
      return new Response(name, { headers: { "set-cookie": "order=paid" } });
    }),
  );
}, []);

it("a session can't be stored: the handler's answer is dropped, and its stream ended", async () => {
  const auth = setUp({ store: storeWith({ create: away }) });
  let cancelled = false;
  const { fetch: send } = browse((request) =>
    auth.handle(request, ({ session }) => {
      session.data["a"] = 1;
      const body = new ReadableStream({
        cancel: () => {
          cancelled = true;
        },
      });
      return new Response(body, { headers: { etag: '"v1"', "set-cookie": "secret=1" } });
    }),
  );
  const response = await send("/", { headers: json });
  expect(response.status).toBe(503);
  expect(response.headers.get("etag")).toBeNull();
  expect(response.headers.getSetCookie()).toEqual([]);
  expect(cancelled).toBe(true);
});

it("every other error is the application's, and stores nothing", async () => {
  const store = memoryStore();
  const auth = setUp({ store });
  const { fetch: send } = browse((request) =>
    auth.handle(request, ({ session }) => {
      session.data["a"] = 1;
      throw new RangeError("mine");
    }),
  );
  await expect(send("/")).rejects.toThrow(new RangeError("mine"));
  expect((await store.scan("", null, 10)).records).toEqual([]);
});
