// The store of one request by itself: what the contract of stores says of one record.

import {
  createCookie,
  type Exchange,
  type ExchangeStore,
  type Store,
  type StoredRecord,
} from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { describe, expect, it } from "vitest";
import { cookieStore } from "../src/index.ts";
import { sealKeys } from "../src/seal-keys.ts";
import { createSealer } from "../src/sealer.ts";
import { HOUR, SECRET } from "./browser.ts";

const START = Date.UTC(2030, 0, 1);
const ID = "session:a";
const cookie = createCookie({ secure: false }, "-data");
const late = { code: "ERR_SESSION_LATE" };

function newRecord(fields: Partial<StoredRecord> = {}): StoredRecord {
  const times = { createdAt: START, seenAt: START, expiresAt: START + HOUR };
  return { id: ID, owner: "session:ann", data: "{}", ...times, version: 1, ...fields };
}

function requests(revocations?: Store) {
  let time = START;
  const options = { keys: [SECRET], now: () => time };
  const stores = cookieStore(revocations === undefined ? options : { ...options, revocations });
  const lines: string[] = [];
  const state = { lines, sent: "" };
  return {
    state,
    advance(ms: number) {
      time += ms;
    },
    /** A request with the cookie that the last one was answered with. */
    request(): ExchangeStore {
      const exchange: Exchange = {
        method: "GET",
        url: "/",
        protocol: "http",
        host: "app.example",
        ip: "192.0.2.1",
        getHeader: (name) => (name === "cookie" ? state.sent : undefined),
        appendHeader(_, line) {
          state.lines.push(line);
          state.sent = line.split(";")[0] ?? "";
        },
      };
      return stores.forExchange(exchange, cookie);
    },
  };
}

const END = { endsAt: START + 2 * HOUR, browser: false };
const kinds: [string, (() => Store) | null][] = [
  ["with a list", () => memoryStore({ now: () => START })],
  ["without a list", null],
];

describe.each(kinds)("the store of a request, %s,", (_, list) => {
  const open = () => requests(list === null ? undefined : list());

  it("creates once, replaces the next version only, raises only", async () => {
    const store = open().request();
    expect(await store.get(ID)).toBeNull();
    expect(store.due).toBe(false);
    expect(await store.replace(newRecord({ version: 2 }))).toBe(false);
    expect(await store.create(newRecord())).toBe(true);
    expect(await store.create(newRecord({ data: "1" }))).toBe(false);
    expect(store.due).toBe(true);
    expect(await store.replace(newRecord({ version: 3 }))).toBe(false);
    expect(await store.replace(newRecord({ id: "session:b", version: 2 }))).toBe(false);
    const next = newRecord({ version: 2, data: "2", createdAt: 5 });
    const both = [store.replace(next), store.replace(next)];
    expect((await Promise.all(both)).filter(Boolean)).toHaveLength(1);
    expect(await store.touch(ID, START - 1, START)).toBe(true);
    expect(await store.get(ID)).toEqual(newRecord({ version: 2, data: "2" }));
    expect(await store.touch(ID, START + 1, START + HOUR + 1)).toBe(true);
    const raised = { seenAt: START + 1, expiresAt: START + HOUR + 1 };
    expect(await store.get(ID)).toEqual(newRecord({ version: 2, data: "2", ...raised }));
    const moved = newRecord({ owner: "session:bob", version: 3 });
    await expect(store.replace(moved)).rejects.toThrow(TypeError);
  });

  it("sends one cookie, which the next request reads", async () => {
    const app = open();
    const store = app.request();
    await store.create(newRecord());
    await store.replace(newRecord({ version: 2, data: '{"a":"\\n"}' }));
    await store.writeCookies(END);
    await store.writeCookies(END);
    expect(store.due).toBe(false);
    expect(app.state.lines).toHaveLength(1);
    const record = await app.request().get(ID);
    expect(record).toEqual(newRecord({ version: 2, data: '{"a":"\\n"}' }));
    expect(await app.request().get("session:b")).toBeNull();
    if (record !== null) record.data = "changed by the caller";
    expect((await app.request().get(ID))?.version).toBe(2);
    expect((await app.request().get(ID))?.data).not.toContain("caller");
  });

  it("takes what has expired for absent, also beyond its absolute end", async () => {
    const app = open();
    const first = app.request();
    await first.create(newRecord({ expiresAt: START + 9 * HOUR }));
    await first.writeCookies(END);
    app.advance(2 * HOUR - 1);
    expect(await app.request().get(ID)).not.toBeNull();
    app.advance(1);
    const store = app.request();
    expect(await store.get(ID)).toBeNull();
    expect(await store.replace(newRecord({ version: 2 }))).toBe(false);
    expect(await store.touch(ID, START, START + 99 * HOUR)).toBe(false);
    expect(await store.delete(ID)).toBe(false);
    expect(await store.rotate(ID, newRecord({ id: "session:b" }))).toBe(false);
    expect(store.due).toBe(false);
  });

  it("takes for absent what has idled, though it could live longer", async () => {
    const app = open();
    const first = app.request();
    await first.create(newRecord());
    await first.writeCookies(END);
    app.advance(HOUR - 1);
    expect(await app.request().get(ID)).not.toBeNull();
    app.advance(1);
    expect(await app.request().get(ID)).toBeNull();
  });

  it("deletes and rotates what it holds, and nothing else", async () => {
    const app = open();
    const first = app.request();
    await first.create(newRecord());
    await first.writeCookies(END);
    const second = app.request();
    expect(await second.delete("session:b")).toBe(false);
    expect(await second.rotate("session:b", newRecord({ id: "session:c" }))).toBe(false);
    expect(await second.rotate(ID, newRecord({ id: "session:b" }))).toBe(true);
    expect(await second.get(ID)).toBeNull();
    expect(await second.delete("session:b")).toBe(true);
    expect(await second.delete("session:b")).toBe(false);
    await second.writeCookies(null);
    expect(app.state.lines.at(-1)).toContain("Max-Age=0");
  });

  it("refuses writes after the head, also those that were under way", async () => {
    const app = open();
    const store = app.request();
    const underWay = store.create(newRecord());
    store.sealHead();
    await expect(underWay).rejects.toMatchObject(late);
    const other = app.request();
    await other.create(newRecord());
    other.sealHead();
    expect(other.due).toBe(false);
    await other.writeCookies(END);
    expect(app.state.lines).toEqual([]);
    await expect(other.replace(newRecord({ version: 2 }))).rejects.toMatchObject(late);
    await expect(other.touch(ID, 0, 0)).rejects.toMatchObject(late);
    await expect(other.rotate(ID, newRecord({ id: "session:b" }))).rejects.toMatchObject(late);
  });
});

describe("a sealer", () => {
  it("opens what it remembers for nothing else either", async () => {
    const sealer = createSealer(sealKeys([SECRET]));
    const sealed = { record: newRecord(), endsAt: START, epoch: "" };
    const text = await sealer.seal("one", sealed);
    expect(await sealer.open("one", text)).toEqual(sealed);
    expect(await sealer.open("two", text)).toBeNull();
  });

  it("remembers some thousand seals, and opens the others", async () => {
    const sealer = createSealer(sealKeys([SECRET]));
    const seal = (_: unknown, index: number): Promise<string> => {
      const record = newRecord({ id: `session:${index}` });
      return sealer.seal("p", { record, endsAt: START, epoch: "" });
    };
    const texts = await Promise.all(Array.from({ length: 4_100 }, seal));
    for (const index of [0, 50, 99, 100, 4_099]) {
      const opened = await sealer.open("p", texts[index] ?? "");
      expect(opened?.record.id).toBe(`session:${index}`);
    }
  });
});
