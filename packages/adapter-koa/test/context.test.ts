// What an application finds on Koa's context, and what of the client Koa is believed.

import { memoryStore } from "@latchkey/store-memory";
import { describe, expect, expectTypeOf, it } from "vitest";
import { storeWith, type User } from "../../adapter-node/test/shared/site-parts.ts";
import { latchkey } from "../src/index.ts";
import { majors } from "./majors.ts";
import { at, serve } from "./serve.ts";
import { setUp } from "./setup.ts";

describe.each(majors)("%s", (_name, Koa) => {
  describe("ctx.session", () => {
    it("is there, and what comes earlier does without", async () => {
      let gets = 0;
      const inner = memoryStore();
      const get = (id: string) => {
        gets += 1;
        return inner.get(id);
      };
      const auth = setUp({ store: storeWith({ get }, inner) });
      const app = new Koa();
      app.use(
        at("/early", async (ctx) => {
          expect(() => auth.sessionOf(ctx)).toThrow(/app\.use\(auth\.session\)/);
          ctx.body = `early ${"session" in ctx}`;
        }),
      );
      app.use(auth.session);
      app.use(auth.session); // twice is once
      app.use(async (ctx) => {
        auth.sessionOf(ctx).data["a"] = 1;
        expect(ctx.state).toEqual({});
        ctx.body = "session" in ctx && ctx["session"] === auth.sessionOf(ctx) ? "same" : "other";
      });
      const { fetch } = await serve(app);
      const first = await fetch("/");
      expect(first).toMatchObject({ body: "same", setCookies: [expect.any(String)] });
      expect(await fetch("/early")).toMatchObject({ body: "early false" });
      expect(gets).toBe(0);
    });

    it("of another middleware is left alone", async () => {
      const auth = setUp();
      const app = new Koa();
      Object.assign(app.context, { session: "theirs" });
      app.use(auth.session);
      app.use(async (ctx) => {
        auth.sessionOf(ctx).data["a"] = 1;
        ctx.body = Reflect.get(ctx, "session");
      });
      const { fetch } = await serve(app);
      expect(await fetch("/")).toMatchObject({ body: "theirs", setCookies: [expect.any(String)] });
    });

    it("is typed by the factory, in applications with types of their own", async () => {
      interface Data {
        cart: string[];
      }
      const auth = latchkey<User, Data>({
        store: memoryStore(),
        keys: ["a-secret-of-the-tests-0123456789abcdef"],
      });
      const app = new Koa<{ title: string }, { db: string }>();
      app.use(auth.session).use(auth.require(false));
      app.use(async (ctx) => {
        expectTypeOf(auth.sessionOf(ctx).data.cart).toEqualTypeOf<string[] | undefined>();
        expectTypeOf(auth.principalOf(ctx)?.user).toEqualTypeOf<User | undefined>();
        expectTypeOf(ctx.state.title).toEqualTypeOf<string>();
        ctx.body = await auth.sessionOf(ctx).update("cart", (cart = []) => [...cart, "a"]);
      });
      const { fetch } = await serve(app);
      expect((await fetch("/")).body).toBe('["a"]');
    });
  });

  describe("what may be believed of the client: Koa's own proxy setting", () => {
    const forwarded = { "x-forwarded-proto": "https", "x-forwarded-host": "app.example.com" };

    it.each([
      [true, /^__Host-sid=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; Secure; SameSite=Lax$/],
      [false, /^sid=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/],
    ])("proxy %s", async (proxy, cookie) => {
      const auth = setUp();
      const app = new Koa({ proxy });
      app.use(auth.session);
      app.use(async (ctx) => {
        auth.sessionOf(ctx).data["a"] = 1;
        ctx.body = "ok";
      });
      const { fetch } = await serve(app);
      expect((await fetch("/", { headers: forwarded })).setCookies[0]).toMatch(cookie);
    });
  });
});
