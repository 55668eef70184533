// What a handler began and did not wait for: if it fails, so does the request, whenever it failed: for
// every adapter.

import { setTimeout as sleep } from "node:timers/promises";
import type { Session, Store } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import type { TestClient } from "@latchkey/tools/test-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { away, type Data, json, storeWith, type User } from "./site-parts.ts";

type Act = (session: Session<User, Data>) => unknown;

const count = (session: Session<User, Data>): Promise<unknown> => session.update("n", () => 2);

const unheard: Record<string, Act> = {
  "/update": (session) => void count(session),
  "/update-early": async (session) => {
    void count(session);
    await sleep(20);
  },
  "/login-early": async (session) => {
    void session.login({ id: "alpha" });
    await sleep(20);
  },
  "/logout-early": async (session) => {
    void session.logout();
    await sleep(20);
  },
};

const dealtWith: Record<string, Act> = {
  "/caught": (session) => void count(session).catch(() => {}),
  "/caught-early": async (session) => {
    count(session).catch(() => {});
    await sleep(20);
  },
  "/together": (session) => Promise.all([count(session), sleep(1)]).catch(() => {}),
};

const acts: Record<string, Act> = {
  "/start": (session) => session.update("n", () => 1),
  "/read": () => {},
  ...unheard,
  ...dealtWith,
};

/** What a page does before it answers `done`. */
export async function act(path: string, session: Session<User, Data>): Promise<void> {
  await acts[path]?.(session);
}

/** @param site Starts an application that does {@link act} at each path, then answers `done`. */
export function unawaitedSuite(site: (store: Store) => Promise<TestClient>): void {
  describe("what a handler didn't wait for", () => {
    /** Somebody has a session; then the store takes no more writes. */
    async function broken(): Promise<TestClient> {
      const ended: unknown[] = [];
      const hear = (reason: unknown): void => void ended.push(reason);
      process.on("unhandledRejection", hear);
      onTestFinished(() => {
        process.off("unhandledRejection", hear);
        expect(ended).toEqual([]);
      });
      const inner = memoryStore();
      let works = true;
      const write = <Args extends unknown[]>(call: (...args: Args) => Promise<boolean>) => {
        return (...args: Args) => (works ? call(...args) : away());
      };
      const writes = { replace: write(inner.replace), delete: write(inner.delete) };
      const client = await site(storeWith(writes, inner));
      expect((await client.fetch("/start")).body).toBe("done");
      works = false;
      return client;
    }

    it.each(Object.keys(unheard))("%s: its failure is the answer", async (path) => {
      const { fetch } = await broken();
      const reply = await fetch(path, { headers: json });
      expect(reply).toMatchObject({ status: 503, setCookies: [] });
      expect(reply.body).not.toContain("done");
      expect(await fetch("/read")).toMatchObject({ status: 200, body: "done" });
    });

    it.each(Object.keys(dealtWith))("%s: its failure is the handler's affair", async (path) => {
      const { fetch } = await broken();
      expect(await fetch(path)).toMatchObject({ status: 200, body: "done" });
    });
  });
}
