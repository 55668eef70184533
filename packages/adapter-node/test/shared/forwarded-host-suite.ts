// Whose word about the host counts behind a proxy, and how addresses are written: for every adapter on
// Node.

import type { LoginMethod } from "@latchkey/auth-core";
import type { TestClient } from "@latchkey/tools/test-client";
import { expect, it } from "vitest";
import type { User } from "./site-parts.ts";

/** A page that says by which host it was asked for. */
const sayHost: LoginMethod<User> = {
  name: "host",
  account: () => null,
  step: async ({ url }) => ({ kind: "reply", reply: { status: 200, headers: [], body: url.host } }),
};

/** A page that says from where it was asked for. */
const sayAddress: LoginMethod<User> = {
  ...sayHost,
  step: async ({ exchange: { ip } }) => ({
    kind: "reply",
    reply: { status: 200, headers: [], body: ip },
  }),
};

/** @param site Starts an application that serves the method at `/host`, behind one proxy or none. */
export function forwardedHostSuite(
  site: (behindProxy: boolean, method: LoginMethod<User>) => Promise<TestClient>,
): void {
  it.each([
    ["set by the proxy", true, "app.example.com", "app.example.com"],
    [
      "added by the proxy to the client's own",
      true,
      "evil.example, app.example.com",
      "app.example.com",
    ],
    ["of a client without a proxy", false, "evil.example", "inner.example"],
    ["empty", true, "", "inner.example"],
  ])("X-Forwarded-Host, %s", async (_whose, behindProxy, forwarded, host) => {
    const { fetch } = await site(behindProxy, sayHost);
    const headers = { host: "inner.example", "x-forwarded-host": forwarded };
    expect((await fetch("/host", { headers })).body).toBe(host);
  });

  it.each([
    ["::ffff:203.0.113.9", "203.0.113.9"],
    ["203.0.113.9", "203.0.113.9"],
    ["2001:db8::1", "2001:db8::1"],
  ])("exchange.ip, when the proxy sees %s", async (seen, ip) => {
    const { fetch } = await site(true, sayAddress);
    expect((await fetch("/host", { headers: { "x-forwarded-for": seen } })).body).toBe(ip);
  });
}
