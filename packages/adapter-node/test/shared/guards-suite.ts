// Who gets in, who is sent to the login page, who is refused (rows Z1–Z5, Z7, 80): for every adapter.

import type { TestClient } from "@latchkey/tools/test-client";
import { describe, expect, it } from "vitest";
import { alpha, html, json } from "./site-parts.ts";

/** A rule that throws, with a word that nobody may see. */
export const throwing = {
  condition(): boolean {
    throw new Error("sesame");
  },
};

/**
 * @param site Starts an application with:
 * - `/login`, `/logout`;
 * - GET and POST `/members` for everybody who is logged in: the principal as JSON;
 * - `/kept`, the same with `cache-control: no-store` of its own;
 * - `/api`, the same without a login page; `/other`, with `/sign-in?x=1` for one that is told in `back`;
 * - `/admin` for the role admin and `/root` for the role root: the text `admin` and `root`;
 * - `/throws` for `throwing`.
 */
export function guardsSuite(site: () => Promise<TestClient>): void {
  describe("Z1, Z2: whoever is not logged in", () => {
    it.each([
      ["a browser", "GET", "/members?a=1&b=2", html, 303, "/login?next=%2Fmembers%3Fa%3D1%26b%3D2"],
      ["HEAD", "HEAD", "/members", html, 303, "/login?next=%2Fmembers"],
      ["a form", "POST", "/members", html, 401, undefined],
      ["JSON", "GET", "/members", json, 401, undefined],
      [
        "AJAX",
        "GET",
        "/members",
        { ...html, "x-requested-with": "XMLHttpRequest" },
        401,
        undefined,
      ],
      ["no login page", "GET", "/api", html, 401, undefined],
      ["another login page", "GET", "/other", html, 303, "/sign-in?x=1&back=%2Fother"],
    ])("%s", async (_who, method, path, headers, status, location) => {
      const { fetch } = await site();
      const reply = await fetch(path, { method, headers });
      expect(reply.status).toBe(status);
      expect(reply.headers.location).toBe(location);
      expect(reply.setCookies).toEqual([]);
    });
  });

  describe("Z3, Z4, Z7: whoever is logged in", () => {
    it("gets in where the rule holds; private pages are not kept by caches unless they say how", async () => {
      const { fetch } = await site();
      expect((await fetch("/login", alpha)).status).toBe(200);
      expect(await fetch("/admin")).toMatchObject({ status: 200, body: "admin" });
      const members = await fetch("/members");
      expect(members.headers["cache-control"]).toBe("private, no-cache");
      expect(JSON.parse(members.body)).toMatchObject({ user: { id: "alpha" }, via: "session" });
      expect((await fetch("/kept")).headers["cache-control"]).toBe("no-store");
    });

    it("gets a page or a problem where it doesn't", async () => {
      const { fetch } = await site();
      await fetch("/login", alpha);
      const page = await fetch("/root", { headers: html });
      expect(page).toMatchObject({ status: 403, body: expect.stringContaining("alpha") });
      expect(page.headers["content-type"]).toContain("text/html");
      const problem = await fetch("/root", { headers: json });
      expect(problem.status).toBe(403);
      expect(problem.headers["content-type"]).toBe("application/problem+json");
      expect(problem.body).not.toContain("root");
      const head = await fetch("/root", { method: "HEAD", headers: html });
      expect(head).toMatchObject({ status: 403, body: "" });
    });

    it("row 80: gets nowhere by a rule that throws, and isn't told why", async () => {
      const { fetch } = await site();
      await fetch("/login", alpha);
      const reply = await fetch("/throws", { headers: html });
      expect(reply.status).toBe(403);
      expect(reply.body).not.toContain("sesame");
    });

    it.each([
      ["a same-origin browser", async () => ["", { "sec-fetch-site": "same-origin" }] as const],
      [
        "the session's token",
        async ({ fetch }: TestClient) =>
          [`_csrf=${encodeURIComponent((await fetch("/token")).body)}`, {}] as const,
      ],
    ])("logs out by a form with %s", async (_what, prove) => {
      const client = await site();
      const { fetch, cookies } = client;
      await fetch("/login", alpha);
      const [body, proof] = await prove(client);
      const headers = { "content-type": "application/x-www-form-urlencoded", ...proof };
      expect((await fetch("/logout", { method: "POST", headers, body })).status).toBe(303);
      expect(cookies.has("sid")).toBe(false);
      expect((await fetch("/members", { headers: json })).status).toBe(401);
    });
  });
}

/**
 * @param site Starts an application that is guarded as a whole, with `/login`, `/page`, and
 * `/assets/style.css` and `/assets/secret` in a folder that is exempt; only the latter has a guard of its own.
 */
export function mountedGuardSuite(site: () => Promise<TestClient>): void {
  it("Z1: a guard for all spares what is exempt and the login page, but no route's own guard", async () => {
    const { fetch } = await site();
    expect((await fetch("/assets/style.css")).status).toBe(200);
    expect((await fetch("/assets/secret", { headers: json })).status).toBe(401);
    expect((await fetch("/assets/secret", { method: "HEAD", headers: json })).status).toBe(401);
    expect((await fetch("/login", { headers: html })).status).toBe(200);
    expect((await fetch("/page", { headers: html })).status).toBe(303);
    const others = ["/login/../page", "//page", "/PAGE", "/page/", "/login/x", "/page?/login"];
    for (const path of [...others, "/nowhere"]) {
      expect((await fetch(path, { headers: json })).status, path).toBe(401);
    }
    await fetch("/login", alpha);
    expect((await fetch("/page")).status).toBe(200);
  });
}
