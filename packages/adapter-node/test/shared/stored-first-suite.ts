// Whatever way a handler answers: the session is stored first, and its cookie is sent once; what is
// changed while an answer is sent is stored, or the answer is cut off: for every adapter.

import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import type { TestClient } from "@latchkey/tools/test-client";
import { expect, it } from "vitest";
import { storeWith } from "./site-parts.ts";

/** A cookie of the application, the whole line. */
export const FOREIGN = "theme=dark; Path=/";

/**
 * @param site Starts an application with this store: `/` makes the data `{"seen":true}` and answers in
 * the way that is tested, `/data` answers with the data as JSON.
 * @param own What else the answer must have: cookies as whole lines, and headers.
 */
export function storedFirstTests(
  site: (store: Store) => Promise<TestClient>,
  own: { cookies?: readonly string[]; headers?: Readonly<Record<string, string>> } = {},
): void {
  const { cookies = [], headers = {} } = own;
  it.each(["GET", "HEAD"])("%s gets one session cookie, once the store has it", async (method) => {
    const inner = memoryStore();
    let stored = false;
    const create: Store["create"] = async (record) => {
      await sleep(20);
      stored = true;
      return inner.create(record);
    };
    const { fetch } = await site(storeWith({ create }, inner));
    const reply = await fetch("/", { method });
    expect(stored).toBe(true);
    expect(reply.setCookies).toEqual([...cookies, expect.stringMatching(/^sid=/)]);
    expect(reply.headers).toMatchObject(headers);
    expect((await fetch("/data")).body).toBe('{"seen":true}');
  });
}

/**
 * @param site Starts an application with `/start`, which sets `a` to 1, and `/data`.
 * @param path A page of it that answers `onetwo`, and sets `late` to `true` once it has begun to.
 */
export function lateChangeTests(site: () => Promise<TestClient>, path: string): void {
  it(`${path}: a change to a live session is stored before the last byte`, async () => {
    const { fetch } = await site();
    await fetch("/start");
    expect((await fetch(path)).body).toBe("onetwo");
    expect((await fetch("/data")).body).toBe('{"a":1,"late":true}');
  });

  it(`${path}: a change that would need a cookie cuts the answer off instead of losing the write`, async () => {
    const { fetch } = await site();
    await expect(fetch(path)).rejects.toThrow();
    expect((await fetch("/data")).body).toBe("{}");
  });
}
