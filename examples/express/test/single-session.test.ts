// S12: of 50 logins of one user at once exactly one session stays, in memory and in SQLite.

import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { latchkey } from "@latchkey/adapter-express";
import { openStore } from "@latchkey/config";
import type { Store } from "@latchkey/session-core";
import { asJson, listenLocally, testClient } from "@latchkey/tools/test-client";
import express from "express";
import { expect, onTestFinished, test } from "vitest";

function settingOf(name: "memory" | "sqlite"): string {
  if (name === "memory") return "memory:";
  const folder = mkdtempSync(join(tmpdir(), "latchkey-single-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return `sqlite:${join(folder, "sessions.db")}`;
}

/** As over a network: calls side by side overtake each other. */
function overNetwork(store: Store): Store {
  const late =
    <Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      await sleep(Math.random() * 10);
      const answer = await call(...args);
      await sleep(Math.random() * 10);
      return answer;
    };
  return {
    ...store,
    create: late(store.create),
    replace: late(store.replace),
    delete: late(store.delete),
    listByOwner: late(store.listByOwner),
    deleteByOwner: late(store.deleteByOwner),
  };
}

test.each(["memory", "sqlite"] as const)("in %s, three times", async (name) => {
  const opened = await openStore(settingOf(name));
  const [store, close] = [overNetwork(opened.store), opened.close];
  onTestFinished(close);
  const keys = ["a-secret-of-the-tests-0123456789abcdef"];
  const auth = latchkey({ store, keys });
  const app = express();
  app.set("trust proxy", "loopback"); // One network's tries at an account wait for each other.
  app.use(auth.session);
  const anybody = {
    name: "anybody",
    account: () => "ann",
    step: async () => ({ kind: "accepted" as const, user: { id: "ann" } }),
  };
  app.use("/login", auth.login(anybody, { singleSession: true, throttle: false }));
  app.get("/who", (req, res) => void res.json(auth.sessionOf(req).user?.id ?? null));
  const server = createServer(app);
  const port = await listenLocally(server);
  onTestFinished(() => void server.close());
  for (let round = 1; round <= 3; round++) {
    const clients = Array.from({ length: 50 }, () => testClient(port));
    const answers = await Promise.all(
      clients.map(({ fetch }, index) => {
        const { headers, ...login } = asJson({});
        const from = { ...headers, "x-forwarded-for": `198.51.100.${index}` };
        return fetch("/login", { ...login, headers: from });
      }),
    );
    const inside = await Promise.all(clients.map(async ({ fetch }) => (await fetch("/who")).body));
    expect(inside.filter((body) => body === '"ann"')).toHaveLength(1);
    expect(await auth.sessions.list("ann")).toHaveLength(1);
    expect(answers[inside.indexOf('"ann"')]?.status).toBe(200);
    for (const { status } of answers) expect([200, 503]).toContain(status);
    for (const client of clients) client.close();
  }
});
