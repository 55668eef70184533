// Z2 and Z7: what someone is told who may not see a page.

import { describe, expect, test } from "vitest";
import {
  type DenialOptions,
  forbiddenReply,
  forgedReply,
  loginRequiredReply,
} from "../src/denial.ts";
import type { FlowContextOptions } from "../src/flow-context.ts";
import { type RequestInit, testApp, testExchange } from "./test-app.ts";

const accept = { accept: "application/json" };
const page = { accept: "text/html" };

async function loginRequired(
  init: RequestInit = {},
  options?: DenialOptions,
  context: Partial<FlowContextOptions> = {},
) {
  const exchange = testExchange({ url: "/members?a=1&b=%2F", headers: page, ...init });
  const reply = await loginRequiredReply(testApp(context).context, exchange, options);
  const header = (name: string) => reply.headers.find(([key]) => key === name)?.[1];
  return { ...reply, header };
}

describe("Z2: log in first", () => {
  const here = "next=%2Fmembers%3Fa%3D1%26b%3D%252F";

  test.each<[string, RequestInit, DenialOptions | undefined, Partial<FlowContextOptions>, string]>([
    ["to /login", {}, undefined, {}, `/login?${here}`],
    ["for HEAD, too", { method: "HEAD" }, undefined, {}, `/login?${here}`],
    ["to the application's", {}, undefined, { loginUrl: "/in/" }, `/in/?${here}`],
    ["to the route's", {}, { loginUrl: "/staff" }, { loginUrl: "/in/" }, `/staff?${here}`],
    ["with a query of its own", {}, { loginUrl: "/in?as=staff" }, {}, `/in?as=staff&${here}`],
    ["by another name", {}, { query: "later" }, {}, `/login?${here.replace("next", "later")}`],
    ["relative to the page", { url: "/a/b" }, { loginUrl: "login" }, {}, "/a/login?next=%2Fa%2Fb"],
    ["on this origin, spelled out", {}, { loginUrl: "https://app.example/in" }, {}, `/in?${here}`],
    [
      "on another origin, which is told of ours",
      { url: "/members" },
      { loginUrl: "https://login.example/" },
      {},
      "https://login.example/?next=https%3A%2F%2Fapp.example%2Fmembers",
    ],
  ])("a browser is sent there: %s", async (_name, init, options, context, location) => {
    const reply = await loginRequired(init, options, context);
    expect([reply.status, reply.header("location")]).toEqual([303, location]);
    expect(reply.header("cache-control")).toBe("no-store");
  });

  test.each(["/\\evil.com", "//evil.com", "/.//evil.com", "http://evil.com/x", "/a\r\nx: y"])(
    "never to another host, nor back to one, from %j",
    async (url) => {
      const location = (await loginRequired({ url })).header("location") ?? "";
      const target = new URL(location, "https://anywhere.example");
      expect(target.host).toBe("anywhere.example");
      expect(location).toMatch(/^[!-~]+$/);
      const next = target.searchParams.get("next") ?? "";
      expect(new URL(next, "https://anywhere.example").host).toBe("anywhere.example");
    },
  );

  test.each<[string, RequestInit]>([
    ["JSON", { headers: accept }],
    ["a JSON body", { method: "POST", headers: { "content-type": "application/json" } }],
    ["AJAX", { headers: { "x-requested-with": "XMLHttpRequest", accept: "*/*" } }],
    ["fetch()", { headers: { "sec-fetch-dest": "empty", accept: "*/*" } }],
  ])("a program gets 401, never a redirect: %s", async (_name, init) => {
    const reply = await loginRequired(init);
    expect([reply.status, reply.header("location")]).toEqual([401, undefined]);
    expect(reply.header("content-type")).toBe("application/problem+json");
    expect(JSON.parse(reply.body)).toMatchObject({ status: 401, code: "login-required" });
  });

  test.each<[string, RequestInit, DenialOptions]>([
    ["what can't be returned to", { method: "POST" }, {}],
    ["what can't be returned to: PUT", { method: "PUT" }, {}],
    ["loginUrl: false", {}, { loginUrl: false }],
  ])("a page says so instead of redirecting: %s", async (_name, init, options) => {
    const reply = await loginRequired(init, options);
    expect([reply.status, reply.header("location")]).toEqual([401, undefined]);
    expect(reply.body).toContain("You need to be logged in for this.");
  });
});

describe("Z7: no", () => {
  const reasons = ["You need the role “editor”.", "Use your key."];
  const { context } = testApp({ loginUrl: "/in", logoutUrl: "/out" });

  test("a page with what is missing, to whom, and a way on", async () => {
    const exchange = testExchange({ headers: page });
    const { status, body } = await forbiddenReply(context, exchange, "alice", reasons);
    expect(status).toBe(403);
    for (const text of [...reasons, "<bdi>alice</bdi>", 'href="/in"', 'href="/out"']) {
      expect(body).toContain(text);
    }
  });

  test("a template of one's own", async () => {
    const exchange = testExchange({ headers: page });
    const template: DenialOptions["template"] = (data) => JSON.stringify(data);
    const { body } = await forbiddenReply(context, exchange, "alice", reasons, { template });
    expect(JSON.parse(body)).toEqual({
      userId: "alice",
      reasons,
      loginUrl: "/in",
      logoutUrl: "/out",
    });
  });

  test("a problem for programs, whatever the template", async () => {
    const exchange = testExchange({ headers: accept });
    const template: DenialOptions["template"] = () => "page";
    const reply = await forbiddenReply(context, exchange, "alice", reasons, { template });
    expect(reply.headers).toContainEqual(["content-type", "application/problem+json"]);
    expect(JSON.parse(reply.body)).toEqual({
      type: "about:blank",
      status: 403,
      code: "forbidden",
      title: reasons[0],
      reasons,
    });
  });

  test("without reasons there is still a sentence", async () => {
    const reply = await forbiddenReply(context, testExchange({ headers: accept }), null, []);
    expect(JSON.parse(reply.body)).toMatchObject({
      title: "You don’t have access to this.",
      reasons: [],
    });
  });
});

test("a forged request: a page or a problem, both 403", async () => {
  const { context } = testApp();
  const person = await forgedReply(context, testExchange({ headers: page }));
  expect(person.status).toBe(403);
  expect(person.body).toContain("Nothing was changed");
  const program = await forgedReply(context, testExchange({ headers: accept }));
  expect(JSON.parse(program.body)).toMatchObject({ status: 403, code: "csrf" });
});
