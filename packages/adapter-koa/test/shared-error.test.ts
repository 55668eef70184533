// An error may be thrown to many visitors: a constant, a cached promise that was rejected. What one
// visitor's answer carries is never put on it.

import { describe, expect, it } from "vitest";
import { majors } from "./majors.ts";
import { at, serve } from "./serve.ts";
import { setUp } from "./setup.ts";

const NOT_FOUND = Object.assign(new Error("not here"), { status: 404, expose: true });

describe.each(majors)("%s", (_name, Koa) => {
  async function application() {
    const auth = setUp();
    const app = new Koa();
    const emitted: unknown[] = [];
    app.on("error", (error) => emitted.push(error));
    app.use(auth.session);
    app.use(
      at("/login", async (ctx) => {
        await auth.sessionOf(ctx).login({ id: "alpha" });
        throw NOT_FOUND;
      }),
    );
    app.use(
      at("/own-headers", (ctx) => {
        auth.sessionOf(ctx).data["a"] = 1;
        throw Object.assign(new Error("own"), { headers: { "set-cookie": "own=1", "x-a": "1" } });
      }),
    );
    app.use(
      at("/no-error", async (ctx) => {
        await auth.sessionOf(ctx).login({ id: "alpha" });
        throw "a string";
      }),
    );
    app.use(
      at("/who", async (ctx) => {
        ctx.body = auth.sessionOf(ctx).user?.id ?? "nobody";
      }),
    );
    app.use(() => {
      throw NOT_FOUND;
    });
    return { ...(await serve(app)), emitted, app };
  }

  it("its next visitor gets no cookie of the one before", async () => {
    const { fetch, cookies, emitted } = await application();
    const first = await fetch("/login");
    expect(first).toMatchObject({
      status: 404,
      body: "not here",
      setCookies: [expect.any(String)],
    });
    expect((await fetch("/who")).body).toBe("alpha");
    cookies.clear();
    expect(await fetch("/")).toMatchObject({ status: 404, body: "not here", setCookies: [] });
    expect((await fetch("/who")).body).toBe("nobody");
    expect(NOT_FOUND).not.toHaveProperty("headers");
    expect(emitted).toHaveLength(2);
    for (const error of emitted) expect(error).toBe(NOT_FOUND);
  });

  it("the error's own headers are sent beside the cookie", async () => {
    const { fetch } = await application();
    const { setCookies, headers } = await fetch("/own-headers");
    expect(setCookies.map((line) => line.split("=", 1)[0])).toEqual(["own", "sid"]);
    expect(headers["x-a"]).toBe("1");
  });

  it("what is thrown need not be an error", async () => {
    const { fetch } = await application();
    expect(await fetch("/no-error")).toMatchObject({
      status: 500,
      setCookies: [expect.any(String)],
    });
    expect((await fetch("/who")).body).toBe("alpha");
  });

  it("an onerror of the application's own, which keeps headers, sends the cookie once", async () => {
    const { fetch, app } = await application();
    app.context.onerror = function (error) {
      if (error == null) return;
      this["res"].statusCode = 418;
      this["res"].end(error.message);
    };
    expect(await fetch("/login")).toMatchObject({
      status: 418,
      body: "not here",
      setCookies: [expect.any(String)],
    });
  });
});
