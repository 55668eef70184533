// Behind a proxy that writes the default port behind the host, as nginx's `$host:$server_port`.

import { expect, it } from "vitest";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

it.each([
  ["app.example:80", "http://app.example", 200],
  ["app.example:443", "https://app.example", 200],
  ["app.example:8080", "http://app.example", 403],
  ["app.example:80", "http://evil.example", 403],
])("a form's own token, at %s and from %s: %i", async (host, origin, status) => {
  const auth = setUp();
  const listener = auth.handle(async (req, res) => {
    if (req.method === "GET") res.end(auth.sessionOf(req).csrfToken());
    else if (await auth.csrf(req, res)) res.end("changed");
  });
  const { fetch } = await serve(listener);
  const token = (await fetch("/", { headers: { host } })).body;
  const post = (more: Record<string, string>) =>
    fetch("/", { method: "POST", headers: { host, origin, ...more } });
  expect((await post({ "x-csrf-token": token })).status).toBe(status);
  expect((await post({})).status).toBe(403);
});
