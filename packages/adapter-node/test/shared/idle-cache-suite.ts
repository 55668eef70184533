// F7: what a browser may keep of a session with an idle timeout: for every adapter.

import type { TestClient } from "@latchkey/tools/test-client";
import { describe, expect, it } from "vitest";
import { alpha } from "./site-parts.ts";

const SHOWN = { "sec-fetch-dest": "document" };
const IDLE = "private, max-age=864";
const ASKED = "private, no-cache";

/**
 * @param site Starts an application with `/login`, whose logins end after 864 s without a visit, and
 *   pages for everybody who is logged in:
 * - `/page`, also by POST;
 * - `/changed`, which changes the session's data first, and varies by `Accept-Encoding`;
 * - `/gone`, which answers with 410;
 * - `/own`, which answers with 410 and `cache-control: max-age=5`.
 * @param more Further pages, which the framework doesn't see to the end: `page` if they answer with a
 *   page that varies by `Accept-Encoding` alone, and `error` if they answer with an error.
 */
export function idleCacheSuite(
  site: () => Promise<TestClient>,
  more: Readonly<Record<string, "page" | "error">> = {},
): void {
  /** `Cache-Control`, and what the answer varies by. */
  async function ask(path: string, method = "GET", headers: Record<string, string> = SHOWN) {
    const { fetch } = await site();
    expect((await fetch("/login", alpha)).status).toBe(200);
    const answer = await fetch(path, { method, headers });
    const vary = [answer.headers["vary"] ?? []]
      .flat()
      .join(",")
      .split(/\s*,\s*/)
      .sort();
    return [answer.headers["cache-control"], vary];
  }

  describe("F7: an idle timeout of the login", () => {
    const both = ["Accept-Encoding", "Cookie"];
    it.each<[string, string, string, Record<string, string>, string, string[]]>([
      ["a page", "/page", "GET", SHOWN, IDLE, ["Cookie"]],
      ["a page within a page", "/page", "GET", { "sec-fetch-dest": "iframe" }, IDLE, ["Cookie"]],
      ["HEAD", "/page", "HEAD", SHOWN, IDLE, ["Cookie"]],
      ["a page that waits for its session", "/changed", "GET", SHOWN, IDLE, both],
      ["an answer to a form", "/page", "POST", SHOWN, ASKED, [""]],
      ["what a script loads", "/page", "GET", { "sec-fetch-dest": "empty" }, ASKED, [""]],
      ["what a script loads over http", "/page", "GET", {}, ASKED, [""]],
      ["an image", "/page", "GET", { "sec-fetch-dest": "image" }, ASKED, [""]],
      ["an error", "/gone", "GET", SHOWN, ASKED, ["Cookie"]],
    ])("%s", async (_what, path, method, headers, control, vary) => {
      expect(await ask(path, method, headers)).toEqual([control, vary]);
    });

    it("what says so itself stays", async () => {
      expect((await ask("/own"))[0]).toBe("max-age=5");
    });

    for (const [path, kind] of Object.entries(more)) {
      it(`${path}: ${kind === "page" ? "kept for its cookies only" : "not kept"}`, async () => {
        const [control, vary] = await ask(path);
        expect(control).toBe(kind === "page" ? IDLE : ASKED);
        if (kind === "page") expect(vary).toEqual(both);
      });
    }
  });
}
