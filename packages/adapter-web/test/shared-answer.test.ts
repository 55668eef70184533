// An application may answer many visitors with one object, or throw one error at them: what is put
// on one visitor's answer never reaches the next.

import { beforeEach, expect, it } from "vitest";
import { browse } from "./browse.ts";
import { setUp } from "./setup.ts";

const SHARED = new Response("shared", { status: 404, headers: { "x-a": "1" } });
const EMPTY = new Response(null, { status: 204 });
const REDIRECT = Response.redirect("http://localhost/elsewhere", 303);
const ERROR = new Error("shared");

const answers: Record<string, () => Response> = {
  "cloned for each": () => SHARED.clone(),
  "with no body, as it is": () => EMPTY,
  "a redirect, as it is": () => REDIRECT,
};

let reached = 0;
beforeEach(() => {
  reached = 0;
});

it.each(Object.entries(answers))("a response, %s", async (_how, answer) => {
  const auth = setUp();
  const app = (request: Request) =>
    auth.handle(request, async ({ session }) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/who") return new Response(session.user?.id ?? "nobody");
      if (pathname === "/login") await session.login({ id: "alpha" });
      reached += 1;
      return answer();
    });
  const [alpha, other] = [browse(app), browse(app)];
  expect((await alpha.fetch("/login")).headers.getSetCookie()).toHaveLength(1);
  const seen = await other.fetch("/");
  expect(seen.headers.getSetCookie()).toEqual([]);
  expect(seen.status).toBe(answer().status);
  expect(await (await alpha.fetch("/who")).text()).toBe("alpha");
  expect(await (await other.fetch("/who")).text()).toBe("nobody");
  expect(reached).toBe(2);
});

it("a guarded response is private for its visitor alone", async () => {
  const auth = setUp();
  const guard = auth.require(true);
  const app = (request: Request) =>
    auth.handle(request, async ({ session }) => {
      if (request.url.endsWith("/login")) await session.login({ id: "alpha" });
      if (!request.url.endsWith("/public")) return (await guard(request)) ?? EMPTY;
      return EMPTY;
    });
  const [alpha, other] = [browse(app), browse(app)];
  expect((await alpha.fetch("/login")).headers.get("cache-control")).toMatch(/private/);
  expect((await other.fetch("/public")).headers.has("cache-control")).toBe(false);
});

it("an error", async () => {
  const auth = setUp();
  const app = (request: Request) =>
    auth.handle(request, async ({ session }) => {
      if (request.url.endsWith("/login")) await session.login({ id: "alpha" });
      throw ERROR;
    });
  await expect(browse(app).fetch("/login")).rejects.toBe(ERROR);
  await expect(browse(app).fetch("/")).rejects.toBe(ERROR);
  expect(Object.getOwnPropertyNames(ERROR).sort()).toEqual(["message", "stack"]);
});
