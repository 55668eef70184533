// An application may answer many visitors with one object, or throw one error at them: what is put
// on one visitor's answer never reaches the next.

import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { expect, it } from "vitest";
import { browse } from "../../adapter-web/test/browse.ts";
import { setUp } from "./setup.ts";

const SHARED = new Response("shared", { status: 404, headers: { "x-a": "1" } });
const EMPTY = new Response(null, { status: 204 });
const REDIRECT = Response.redirect("http://localhost/elsewhere", 303);
const ERROR = new Error("shared");
const EXCEPTION = new HTTPException(418, { message: "shared" });
const WITH_RESPONSE = new HTTPException(410, { res: new Response(null, { status: 410 }) });

function fail(error: Error): never {
  throw error;
}

const answers: Record<string, () => Response> = {
  "a response, cloned for each": () => SHARED.clone(),
  "a response without a body, as it is": () => EMPTY,
  "a redirect, as it is": () => REDIRECT,
  "an error": () => fail(ERROR),
  "an HTTPException": () => fail(EXCEPTION),
  "an HTTPException with a response": () => fail(WITH_RESPONSE),
};

it.each(Object.entries(answers))("%s", async (_what, answer) => {
  for (const page of ["Hono's page", "a shared page"]) {
    const auth = setUp();
    const app = new Hono();
    app.use(auth.session);
    app.get("/who", (c) => c.text(auth.sessionOf(c).user?.id ?? "nobody"));
    app.get("/login", async (c) => {
      await auth.sessionOf(c).login({ id: "alpha" });
      return answer();
    });
    app.get("/", () => answer());
    app.onError(async (error, c) => {
      const own = await auth.errors(error, c);
      if (own !== null) return own;
      if (page === "a shared page") return EMPTY;
      return error instanceof HTTPException ? error.getResponse() : c.text(error.message, 500);
    });
    const [alpha, other] = [browse(app.fetch), browse(app.fetch)];
    const first = await alpha.fetch("/login");
    expect(first.headers.getSetCookie(), page).toHaveLength(1);
    const seen = await other.fetch("/");
    expect(seen.headers.getSetCookie(), page).toEqual([]);
    expect(seen.status).toBe(first.status);
    expect(await (await alpha.fetch("/who")).text()).toBe("alpha");
    expect(await (await other.fetch("/who")).text()).toBe("nobody");
  }
});
