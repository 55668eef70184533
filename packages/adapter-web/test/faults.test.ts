// A store that fails is an error for whoever uses the session, and for nobody else; nothing of an
// answer that could not be stored gets out.

import { StoreError } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { describe, expect, it } from "vitest";
import { browse } from "./browse.ts";
import { alpha, login, setUp, storeWith } from "./setup.ts";

const away = (): Promise<never> =>
  Promise.reject(new StoreError("ERR_STORE_UNAVAILABLE", "the store is away"));
const json = { accept: "application/json" };

it("while a session is opened: 503 where it is used, 200 where it isn't, and it recovers", async () => {
  const inner = memoryStore();
  let down = false;
  const store = storeWith({ get: (id) => (down ? away() : inner.get(id)) }, inner);
  const auth = setUp({ store });
  const [serveLogin, members] = [auth.login(login, { delay: "1ms" }), auth.require(true)];
  const { fetch: send } = browse((request) =>
    auth.handle(request, async (visit) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/public") return new Response("public");
      if (pathname === "/login") return serveLogin(request);
      if (pathname === "/mine") return new Response(visit.session.user?.id ?? "nobody");
      return (await members(request)) ?? new Response("members");
    }),
  );
  expect((await send("/login", alpha)).status).toBe(200);
  down = true;
  expect(await (await send("/public")).text()).toBe("public");
  for (const path of ["/mine", "/members"]) {
    const response = await send(path, { headers: json });
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(await response.json()).toMatchObject({ code: "unavailable" });
  }
  expect(await (await send("/mine", { headers: { accept: "text/html" } })).text()).toContain(
    "Try again",
  );
  down = false;
  expect(await (await send("/members")).text()).toBe("members");
});

describe("while a session is stored", () => {
  it("the handler's answer is dropped, and its stream ended", async () => {
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

  it("a handler's own failed save is answered at once, and not tried again", async () => {
    let tries = 0;
    const create = () => {
      tries += 1;
      return away();
    };
    const auth = setUp({ store: storeWith({ create }) });
    const { fetch: send } = browse((request) =>
      auth.handle(request, async ({ session }) => {
        session.data["a"] = 1;
        await session.save();
        return new Response("stored");
      }),
    );
    expect((await send("/")).status).toBe(503);
    expect(tries).toBe(1);
  });

  it("a value that is not JSON is an error page, and the next request works", async () => {
    const auth = setUp();
    const { fetch: send } = browse((request) =>
      auth.handle(request, ({ session }) => {
        if (request.url.endsWith("/bad")) session.data["n"] = 1n;
        return Response.json(Object.keys(session.data));
      }),
    );
    expect((await send("/bad", { headers: json })).status).toBe(500);
    expect(await (await send("/good")).text()).toBe("[]");
  });
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
