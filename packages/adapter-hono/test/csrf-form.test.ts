// In which forms `csrf` finds their token, and that the handler can read them still.

import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { browse } from "../../adapter-web/test/browse.ts";
import { setUp } from "./setup.ts";

describe("a form's own CSRF token", () => {
  const long = "x".repeat(70_000);

  function field(token: string, text: string, multipart: boolean): FormData | URLSearchParams {
    if (!multipart) return new URLSearchParams({ _csrf: token, text });
    const form = new FormData();
    form.set("_csrf", token);
    form.set("text", text);
    form.set("file", new File(["of a few bytes"], "a.txt"));
    return form;
  }

  it.each([
    ["urlencoded", false],
    ["multipart", true],
  ])(
    "%s: is found up to 64 kB, and beyond where the body was read before",
    async (_kind, multipart) => {
      const auth = setUp();
      const app = new Hono();
      app.use(auth.session);
      app.use("/read", async (c, next) => {
        await c.req.parseBody();
        await next();
      });
      app.get("/token", (c) => c.text(auth.sessionOf(c).csrfToken()));
      app.post("/:way", auth.csrf, async (c) => {
        const { text, file } = await c.req.parseBody();
        return c.json([String(text).length, file instanceof File && (await file.text())]);
      });
      const { fetch: send } = browse(app.fetch);
      const token = await (await send("/token")).text();
      const post = async (path: string, sent: string, text: string, headers = {}) => {
        const form = new Request("http://a.test", {
          method: "POST",
          body: field(sent, text, multipart),
        });
        const body = new Uint8Array(await form.arrayBuffer());
        const about = {
          "content-type": form.headers.get("content-type") ?? "",
          "content-length": String(body.length),
        };
        const answer = await send(path, {
          method: "POST",
          headers: { ...about, ...headers },
          body,
        });
        return answer.status === 200 ? answer.json() : answer.status;
      };
      const file = multipart && "of a few bytes";
      expect(await post("/new", token, "short")).toEqual([5, file]);
      expect(await post("/new", "wrong", "short")).toBe(403);
      expect(await post("/new", token, long)).toBe(403);
      expect(await post("/new", "", long, { "x-csrf-token": token })).toEqual([long.length, file]);
      expect(await post("/read", token, long)).toEqual([long.length, file]);
      expect(await post("/read", "wrong", long)).toBe(403);
    },
  );
});
