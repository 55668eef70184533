// What a login takes for a body, and what not (rows 28, 33, 34): for every adapter.

import { asJson, type TestClient, type TestRequest } from "@latchkey/tools/test-client";
import { describe, expect, it } from "vitest";
import { alpha, json } from "./site-parts.ts";

/** @param site Starts an application with `/login`. */
export function loginBodiesSuite(site: () => Promise<TestClient>): void {
  describe("rows 28, 33, 34: bodies of a login", () => {
    it.each<[string, TestRequest]>([
      ["an object for a name", asJson({ user: { $ne: null }, password: "x" })],
      ["a list", asJson({ user: ["alpha"], password: "secret" })],
      ["a number", asJson({ user: 1, password: "secret" })],
      ["no object", asJson("alpha")],
      ["null", asJson(null)],
      ["malformed JSON", { ...asJson({}), body: "{" }],
      ["no UTF-8", { ...asJson({}), body: new Uint8Array([123, 34, 255, 34, 125]) }],
      ["a megabyte", asJson({ user: "alpha", password: "x".repeat(1_000_000) })],
      ["65 kB", asJson({ user: "alpha", password: "x".repeat(65_536) })],
      [
        "an unknown charset",
        { ...asJson({}), headers: { "content-type": "application/json; charset=x" } },
      ],
      [
        "a coded one",
        {
          ...asJson({}),
          headers: { "content-type": "application/json", "content-encoding": "gzip" },
        },
      ],
      ["another type", asText("text/xml", "<a/>")],
      ["no body", { method: "POST", headers: { "sec-fetch-site": "same-origin", ...json } }],
    ])("%s is 400", async (_what, init) => {
      const { fetch } = await site();
      const reply = await fetch("/login", init);
      expect(reply).toMatchObject({ status: 400, setCookies: [] });
      expect(JSON.parse(reply.body)).toMatchObject({ code: "bad-request" });
      expect((await fetch("/login", alpha)).status).toBe(200);
    });

    it("are forms, too, with every field once", async () => {
      const { fetch } = await site();
      const type = "application/x-www-form-urlencoded; charset=UTF-8";
      const login = async (body: string) => (await fetch("/login", asText(type, body))).status;
      expect(await login("user=alpha&user=alpha&password=secret")).toBe(400);
      expect(await login("user=alpha&password=secret")).toBe(200);
    });
  });
}

function asText(type: string, body: string): TestRequest {
  const headers = { "content-type": type, "sec-fetch-site": "same-origin", ...json };
  return { method: "POST", headers, body };
}
