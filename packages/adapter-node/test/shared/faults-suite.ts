// A store that fails is an error for whoever uses the session, and for nobody else; a write that was
// lost is never answered with success: for every adapter.

import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import type { TestClient } from "@latchkey/tools/test-client";
import { describe, expect, it } from "vitest";
import { alpha, away, html, json, storeWith } from "./site-parts.ts";

/** Starts an application with this store. */
type Site = (store: Store) => Promise<TestClient>;

/**
 * @param site With `/login`, and the pages
 * - `/public`: the text `public`; `/mine`: the user's id, or `nobody`; `/members`: `members`, for users;
 * - `/save`: names a content type, changes the data and saves them itself;
 * - `/bad`: puts something into the data that is no JSON; `/data`: the data as JSON.
 */
export function faultsSuite(site: Site): void {
  describe("the store fails while a session is opened", () => {
    it("answers 503 where the session is used, 200 where it isn't, and recovers", async () => {
      const { fetch, recover } = await outage(site);
      expect(await fetch("/public")).toMatchObject({ status: 200, body: "public" });
      for (const path of ["/mine", "/members"]) {
        const reply = await fetch(path, { headers: json });
        expect(reply, path).toMatchObject({ status: 503, setCookies: [] });
        expect(reply.headers["retry-after"]).toBe("1");
        expect(JSON.parse(reply.body)).toMatchObject({ code: "unavailable" });
        expect((await fetch(path, { headers: html })).body).toContain("Try again");
      }
      recover();
      expect(await fetch("/members")).toMatchObject({ status: 200, body: "members" });
    });

    it("never takes a visitor for anonymous", async () => {
      const { fetch } = await outage(site);
      expect((await fetch("/mine")).body).not.toContain("nobody");
    });
  });

  it("a handler's own failed save is answered at once, and not tried again", async () => {
    let tries = 0;
    const create = () => {
      tries += 1;
      return away();
    };
    const { fetch } = await site(storeWith({ create }));
    const reply = await fetch("/save", { headers: json });
    expect(reply).toMatchObject({ status: 503, setCookies: [] });
    expect(reply.headers["content-type"]).toBe("application/problem+json");
    expect(tries).toBe(1);
  });

  it("a value that is not JSON is an error page, and the next request works", async () => {
    const { fetch } = await site(memoryStore());
    const reply = await fetch("/bad", { headers: json });
    expect(reply.status).toBe(500);
    expect(JSON.parse(reply.body)).toMatchObject({ code: "internal-error" });
    expect((await fetch("/data")).body).toBe("{}");
  });
}

/** A user is logged in, and then the store can't be asked. */
export async function outage(site: Site): Promise<TestClient & { recover: () => void }> {
  const inner = memoryStore();
  let down = false;
  const served = await site(storeWith({ get: (id) => (down ? away() : inner.get(id)) }, inner));
  expect((await served.fetch("/login", alpha)).status).toBe(200);
  down = true;
  const recover = (): void => {
    down = false;
  };
  return { ...served, recover };
}

/**
 * @param site Sets `x-frame-options: DENY` before all else. `/` answers `all stored!` with 201, `etag`,
 * `x-secret`, a type and a cookie of its own, and changes the data; with `?twice`, it has saved others before.
 */
export function droppedAnswerSuite(site: Site): void {
  it.each([
    ["create", "/"],
    ["replace", "/?twice"],
  ] as const)("%s fails after the handler: its answer is dropped", async (method, path) => {
    const { fetch } = await site(storeWith({ [method]: away }));
    const reply = await fetch(path, { headers: json });
    expect(reply).toMatchObject({ status: 503, setCookies: [] });
    expect(reply.headers["content-type"]).toBe("application/problem+json");
    expect(reply.headers).not.toHaveProperty("etag");
    expect(reply.headers).not.toHaveProperty("x-secret");
    expect(reply.headers["x-frame-options"]).toBe("DENY");
    expect(JSON.parse(reply.body)).toMatchObject({ code: "unavailable" });
    expect(reply.body).not.toContain("stored!");
  });
}

/**
 * @param site Sets two cookies, `lang=en` and `ab=1`, before the session is opened; each page sets
 * `order=paid` beside them, and then
 * - `/`: changes the data and answers; `/save`: changes them and saves them itself, before it answers;
 * - `/mine`: answers the user's id.
 * @param kept Those of the two that stay.
 */
export function droppedCookiesSuite(site: Site, kept: string[] = ["lang=en", "ab=1"]): void {
  describe("of its cookies, an error page has those that were set before the session, where", () => {
    it.each([
      ["an answer is dropped", "/"],
      ["a handler's own save fails", "/save"],
    ])("%s", async (_where, path) => {
      const { fetch } = await site(storeWith({ create: away }));
      const reply = await fetch(path, { headers: json });
      expect(reply).toMatchObject({ status: 503, setCookies: kept });
      expect(JSON.parse(reply.body)).toMatchObject({ code: "unavailable" });
    });

    it("the session could not be opened", async () => {
      const inner = memoryStore();
      let down = false;
      const get: Store["get"] = (id) => (down ? away() : inner.get(id));
      const { fetch, cookies } = await site(storeWith({ get }, inner));
      expect((await fetch("/save")).status).toBe(200);
      expect([...cookies.keys()]).toContain("sid");
      down = true;
      const reply = await fetch("/mine", { headers: json });
      expect(reply).toMatchObject({ status: 503, setCookies: kept });
    });
  });
}

/** @param site With `/start`, which sets `a` to 1, `/slow`, which sets `kept` after 30 ms, and `/data`. */
export function goneClientTest(site: Site): void {
  it("a client that goes away changes nothing: the write is stored, the process lives", async () => {
    const { fetch, port, cookies } = await site(memoryStore());
    await fetch("/start");
    const socket = connect(port, "127.0.0.1");
    socket.write(`GET /slow HTTP/1.1\r\nhost: x\r\ncookie: sid=${cookies.get("sid")}\r\n\r\n`);
    await sleep(10);
    socket.destroy();
    await expect
      .poll(async () => (await fetch("/data")).body, { timeout: 5_000 })
      .toBe('{"a":1,"kept":true}');
  });
}

const bodyHeaders = {
  "content-disposition": "attachment",
  "content-encoding": "gzip",
  "content-range": "bytes 0-1/2",
  etag: '"v1"',
  "last-modified": "Thu, 01 Jan 1970 00:00:00 GMT",
  "transfer-encoding": "chunked",
};

/** @param site Sets the headers it is given at `/`, then throws what it is given. */
export function bodyHeadersTest(
  site: (headers: Record<string, string>, error: unknown) => Promise<TestClient>,
): void {
  it("an error page has no headers of the body that the handler had in mind", async () => {
    const error = await away().catch((reason: unknown) => reason);
    const { fetch } = await site(bodyHeaders, error);
    const reply = await fetch("/", { headers: json });
    expect(reply.status).toBe(503);
    for (const name of Object.keys(bodyHeaders)) expect(reply.headers).not.toHaveProperty(name);
  });
}
