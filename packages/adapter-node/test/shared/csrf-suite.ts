// Requests that change something, and credentials that need no CSRF token (rows 26, 29, 30): for every
// adapter.

import type { TestClient } from "@latchkey/tools/test-client";
import { describe, expect, it } from "vitest";
import { alpha, html, json } from "./site-parts.ts";

/**
 * @param site Starts an application with `/login`, `/logout`, `/token` that answers the session's token,
 * `/members` as in `guardsSuite`, POST `/change` behind `csrf`, and `badges` taken everywhere.
 */
export function csrfSuite(site: () => Promise<TestClient>): void {
  describe("rows 26, 29: requests that change something", () => {
    it.each([
      ["no token", {}, 403],
      ["a same-origin browser", { "sec-fetch-site": "same-origin" }, 200],
      ["another site", { "sec-fetch-site": "cross-site" }, 403],
      ["a sibling host", { "sec-fetch-site": "same-site" }, 403],
      ["a wrong token", { "x-csrf-token": "wrong", "sec-fetch-site": "same-origin" }, 403],
      ["a foreign origin", { origin: "https://evil.example" }, 403],
      ["a credential of its own", { "x-badge": "gold" }, 200],
    ])("%s", async (_what, headers, status) => {
      const { fetch } = await site();
      await fetch("/login", alpha);
      expect((await fetch("/change", { method: "POST", headers })).status).toBe(status);
    });

    it("the session's own token is right, one from before the login or of another session is not", async () => {
      const { fetch } = await site();
      const before = (await fetch("/token")).body;
      const change = (token: string, more = {}) =>
        fetch("/change", { method: "POST", headers: { "x-csrf-token": token, ...more } });
      expect((await change(before)).status).toBe(200);
      await fetch("/login", alpha);
      expect((await change(before)).status).toBe(403);
      const token = (await fetch("/token")).body;
      expect(await change(token)).toMatchObject({ status: 200, body: "changed" });
      expect((await change(token, { "sec-fetch-site": "cross-site" })).status).toBe(403);
      const other = await site();
      await other.fetch("/login", alpha);
      expect((await change((await other.fetch("/token")).body)).status).toBe(403);
    });

    it("another site logs nobody out", async () => {
      const { fetch } = await site();
      await fetch("/login", alpha);
      await fetch("/logout", { headers: { ...html, "sec-fetch-site": "cross-site" } });
      await fetch("/logout", { method: "POST", headers: { "sec-fetch-site": "cross-site" } });
      expect((await fetch("/members")).status).toBe(200);
    });
  });

  describe("credentials that come with the request", () => {
    it("make the principal, need no CSRF token and start no session", async () => {
      const { fetch } = await site();
      const headers = { "x-badge": "gold" };
      const me = await fetch("/members", { headers });
      expect(JSON.parse(me.body)).toEqual({
        user: { id: "robot" },
        via: "badge",
        scopes: ["read"],
        mfa: false,
        roleAccount: true,
      });
      expect(me.setCookies).toEqual([]);
      expect((await fetch("/change", { method: "POST", headers })).status).toBe(200);
    });

    it.each([false, true])(
      "are refused when wrong; beside a session that is right: %s",
      async (beside) => {
        const { fetch } = await site();
        if (beside) await fetch("/login", alpha);
        const reply = await fetch("/members", { headers: { "x-badge": "tin" } });
        expect(reply.status).toBe(401);
        expect(reply.headers["www-authenticate"]).toBe('Badge realm="x"');
      },
    );

    it("row 30: garbage in Authorization is nobody, and no fault", async () => {
      const { fetch } = await site();
      const garbage = ["Bearer", "Bearer ", "Basic %%%", "Basic", "\u00ff", "Negotiate a b c"];
      for (const authorization of garbage) {
        const reply = await fetch("/members", { headers: { ...json, authorization } });
        expect(reply.status, authorization).toBe(401);
      }
    });
  });
}
