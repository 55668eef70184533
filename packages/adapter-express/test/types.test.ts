// Middleware fit routes of any types, and the handler behind keeps its own.

import express, { type Request, type RequestHandler } from "express";
import { expect, expectTypeOf, it } from "vitest";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

interface Page {
  page?: string;
}
interface Locals {
  trace: string;
}
type Params = { id: string };

it("a route with types of its own takes every middleware", async () => {
  const auth = setUp();
  const app = express();
  const all = [auth.require(true), auth.csrf, auth.session] satisfies RequestHandler[];
  const own: RequestHandler<Params, string, { name: string }, Page, Locals>[] = all;
  app.get<Params, string, unknown, Page>("/page/:id", auth.session, (req, res) => {
    expectTypeOf(req.query).toEqualTypeOf<Page>();
    expectTypeOf(req.params).toEqualTypeOf<Params>();
    expectTypeOf(auth.principalOf(req)).toExtend<object | null>();
    res.send(`${req.params.id} ${req.query.page} ${auth.sessionOf(req).id}`);
  });
  app.get<Params, string, { name: string }, Page, Locals>("/locals/:id", ...own, (req, res) => {
    expectTypeOf(req.body.name).toEqualTypeOf<string>();
    expectTypeOf(res.locals.trace).toEqualTypeOf<string>();
    res.send("");
  });
  const { fetch } = await serve(app);
  expect((await fetch("/page/7?page=2")).body).toBe("7 2 null");
});

it("a route without takes them as it takes Express's own", () => {
  const auth = setUp();
  const app = express();
  app.post("/:item", auth.csrf, auth.require(true), (req, res) => {
    expectTypeOf(req.params).toEqualTypeOf<{ item: string }>();
    expectTypeOf(req.body).toBeAny();
    expectTypeOf(res.send).parameter(0).toBeAny();
    expectTypeOf(req.query).toEqualTypeOf<Request["query"]>();
  });
  app.use("/login", auth.logout(), auth.errors);
  const typed: RequestHandler<Params> = (req) => auth.principalOf(req);
  expect(app.get("/:id", auth.require(true), typed)).toBe(app);
});
