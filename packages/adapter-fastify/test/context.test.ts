// Where the session is: in the context that registered it and below, and nowhere else.

import { once } from "node:events";
import { connect } from "node:http2";
import { text } from "node:stream/consumers";
import { StoreError } from "@latchkey/session-core";
import fastify, { type FastifyRequest } from "fastify";
import { describe, expect, expectTypeOf, it, onTestFinished } from "vitest";
import { alpha, login, storeWith, type User } from "../../adapter-node/test/shared/site-parts.ts";
import { latchkey } from "../src/index.ts";
import { inContext, serve } from "./serve.ts";
import { setUp } from "./setup.ts";

describe("encapsulation", () => {
  it("routes outside don't get it and never wait for the store", async () => {
    let gets = 0;
    const get = async () => {
      gets += 1;
      throw new StoreError("ERR_STORE_UNAVAILABLE", "away");
    };
    const auth = setUp({ store: storeWith({ get }) });
    const app = fastify();
    app.get("/outside", (request) => {
      expect("session" in request).toBe(false);
      expect(() => auth.sessionOf(request)).toThrow(/app\.register\(auth\.session\)/);
      return Promise.resolve("outside");
    });
    await app.register(
      inContext(async (site) => {
        await site.register(auth.session);
        site.get("/inside", async (request) => `inside ${"session" in request}`);
        await site.register(
          inContext(async (nested) => {
            nested.get("/nested", async (request) => `nested ${"session" in request}`);
          }),
        );
        site.post("/start", async (request) => (auth.sessionOf(request).data["a"] = 1));
      }),
    );
    const { fetch } = await serve(app);
    await fetch("/start", { method: "POST" });
    expect((await fetch("/outside")).body).toBe("outside");
    expect(gets).toBe(0);
    expect((await fetch("/inside")).body).toBe("inside true");
    expect((await fetch("/nested")).body).toBe("nested true");
    expect(gets).toBe(2);
  });

  it("works without awaiting the registration, too", async () => {
    const auth = setUp();
    const app = fastify();
    app.register(auth.session);
    app.register(auth.login(login), { prefix: "/login" });
    app.get("/me", { preHandler: auth.require(true) }, async (request) =>
      auth.principalOf(request),
    );
    const { fetch } = await serve(app);
    expect((await fetch("/me")).status).toBe(303);
    await fetch("/login", alpha);
    expect((await fetch("/me")).status).toBe(200);
  });

  it("registered twice is once", async () => {
    const auth = setUp();
    const app = fastify();
    await app.register(auth.session);
    await app.register(
      inContext(async (nested) => {
        await nested.register(auth.session);
        nested.get("/", async (request) => (auth.sessionOf(request).data["a"] = 1));
      }),
    );
    const { fetch } = await serve(app);
    expect((await fetch("/")).setCookies).toHaveLength(1);
  });

  it("leaves another plug-in's request.session alone", async () => {
    const auth = setUp();
    const app = fastify();
    app.decorateRequest<unknown>("session", { getter: () => "theirs" });
    await app.register(auth.session);
    app.get("/", async (request) => {
      auth.sessionOf(request).data["a"] = 1;
      return request.getDecorator("session");
    });
    const { fetch } = await serve(app);
    expect(await fetch("/")).toMatchObject({ body: "theirs", setCookies: [expect.any(String)] });
  });

  it("parsers of login pages stay with them", async () => {
    const auth = setUp();
    const app = fastify();
    await app.register(auth.session);
    app.register(auth.login(login), { prefix: "/login" });
    app.post("/json", async (request) => request.body);
    const { fetch } = await serve(app);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const init = { method: "POST", headers: form, body: "a=1" };
    expect((await fetch("/json", init)).status).toBe(415);
    const headers = { "content-type": "application/json" };
    const sent = await fetch("/json", { method: "POST", headers, body: '{"a":1}' });
    expect(sent.body).toBe('{"a":1}');
  });
});

it("request.session is the session, also for templates and other plug-ins", async () => {
  const auth = setUp();
  const app = fastify();
  await app.register(auth.session);
  app.get("/", async (request) => {
    expectTypeOf(request.session.user).toEqualTypeOf<{ id: string } | null>();
    return request.session === auth.sessionOf(request) ? "same" : "another";
  });
  const { fetch } = await serve(app);
  expect((await fetch("/")).body).toBe("same");
});

it("works over HTTP/2", async () => {
  const auth = setUp();
  const app = fastify({ http2: true });
  await app.register(auth.session);
  app.register(auth.login(login), { prefix: "/login" });
  app.get(
    "/",
    { preHandler: auth.require(true) },
    async (request) => auth.sessionOf(request).user?.id,
  );
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  const client = connect(url);
  onTestFinished(async () => {
    client.destroy();
    await app.close();
  });
  const loggedIn = await ask(
    { ":path": "/login", ":method": "POST", ...alpha.headers },
    alpha.body,
  );
  expect(loggedIn.status).toBe(200);
  const huge = await ask(
    { ":path": "/login", ":method": "POST", ...alpha.headers },
    "x".repeat(2e5),
  );
  expect(huge.status).toBe(400);
  const cookie = loggedIn.cookies.map((line) => line.replace(/;.*/, "")).join("; ");
  expect((await ask({ ":path": "/", cookie })).body).toBe("alpha");

  async function ask(headers: Record<string, string>, sent = "") {
    const stream = client.request({ ...headers });
    if (sent !== "") stream.end(sent);
    const [head] = await once(stream, "response");
    return {
      status: head[":status"],
      cookies: [head["set-cookie"] ?? []].flat().map(String),
      body: await text(stream),
    };
  }
});

describe("types", () => {
  it("follow from the factory, on routes with types of their own", async () => {
    interface Data {
      cart: string[];
    }
    const { session, require, sessionOf, principalOf } = latchkey<User, Data>({
      store: storeWith({}),
      keys: ["a-secret-of-the-tests-0123456789abcdef"],
    });
    const app = fastify();
    await app.register(session);
    app.get<{ Params: { id: string } }>(
      "/:id",
      { onRequest: require(false), preHandler: [require(true)] },
      async (request) => {
        expectTypeOf(sessionOf(request).data.cart).toEqualTypeOf<string[] | undefined>();
        expectTypeOf(principalOf(request)?.user).toEqualTypeOf<User | undefined>();
        return request.params.id;
      },
    );
    const { fetch } = await serve(app);
    expect((await fetch("/x")).status).toBe(303);
  });

  it("reading the session without the plug-in says what is missing", () => {
    const auth = setUp();
    // biome-ignore lint/suspicious/noExplicitAny: a request that never met the plug-in
    const request: FastifyRequest = {} as any;
    expect(() => auth.sessionOf(request)).toThrow(/app\.register\(auth\.session\)/);
  });
});

describe("what may be believed of the client: Fastify's own trusted-proxy rule", () => {
  const forwarded = { "x-forwarded-proto": "https", "x-forwarded-host": "app.example.com" };

  it.each([
    ["loopback", /^__Host-sid=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; Secure; SameSite=Lax$/],
    [false, /^sid=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/],
  ])("trustProxy %s", async (trustProxy, cookie) => {
    const auth = setUp();
    const app = fastify({ trustProxy });
    await app.register(auth.session);
    app.get("/", async (request) => (auth.sessionOf(request).data["a"] = 1));
    const { fetch } = await serve(app);
    expect((await fetch("/", { headers: forwarded })).setCookies[0]).toMatch(cookie);
  });
});
