// F7: what a browser may keep of a session with an idle timeout: for every adapter.

import type { TestClient } from "@latchkey/tools/test-client";
import { describe, expect, it } from "vitest";
import { alpha } from "./site-parts.ts";

/**
 * @param site Starts an application with `/login`, whose logins end after 864 s without a visit, and
 *   pages for everybody who is logged in:
 * - `/page`, also by POST;
 * - `/changed`, which changes the session's data first, and varies by `Accept-Encoding`;
 * - `/gone`, which answers with 410;
 * - `/own`, which answers with 410 and `cache-control: max-age=5`.
 */
export function idleCacheSuite(site: () => Promise<TestClient>): void {
  describe("F7: an idle timeout of the login", () => {
    const idle = "private, max-age=864";
    const asked = "private, no-cache";

    it.each([
      ["a page", "/page", "GET", {}, idle, "Cookie"],
      ["HEAD", "/page", "HEAD", {}, idle, "Cookie"],
      ["a page that waits for its session", "/changed", "GET", {}, idle, "Accept-Encoding, Cookie"],
      ["an answer to a form", "/page", "POST", {}, asked, undefined],
      ["what a script loads", "/page", "GET", { "sec-fetch-dest": "empty" }, asked, undefined],
      ["an error", "/gone", "GET", {}, asked, undefined],
      ["what says so itself", "/own", "GET", {}, "max-age=5", undefined],
    ])("%s", async (_what, path, method, headers, control, vary) => {
      const { fetch } = await site();
      expect((await fetch("/login", alpha)).status).toBe(200);
      const answer = await fetch(path, { method, headers });
      expect(answer.headers["cache-control"]).toBe(control);
      expect(answer.headers["vary"]).toBe(vary);
    });
  });
}
