// Every format that was ever released stays readable: the files in `released/` are never changed,
// and each release that changes the format adds one.

import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { createSessions, type StoredRecord } from "../src/index.ts";
import { mapStore } from "./map-store.ts";
import { testExchange } from "./test-app.ts";

interface Released {
  keys: string[];
  now: number;
  sessions: {
    about: string;
    cookie: string;
    record: StoredRecord;
    user: unknown;
    data: unknown;
    expiresAt: number;
    mfa: boolean;
    agent: string;
  }[];
}

const folder = new URL("./released/", import.meta.url);

it.each(readdirSync(folder))("%s", async (file) => {
  const released: Released = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
  const now = (): number => released.now;
  const store = mapStore(now);
  const sessions = createSessions({ store, keys: released.keys, now });
  expect(released.sessions.length).toBeGreaterThan(0);
  for (const { cookie, record, ...expected } of released.sessions) {
    expect(await store.create(record)).toBe(true);
    const session = await sessions.open(testExchange({ cookie }));
    const { user, data, expiresAt, mfa } = session;
    const [info] = (await sessions.listAll(null)).sessions;
    const found = { about: expected.about, user, data: { ...data }, expiresAt, mfa };
    expect({ ...found, agent: info?.agent }).toEqual(expected);
    session.data["n"] = 1;
    await session.commit();
    expect((await sessions.open(testExchange({ cookie }))).data["n"]).toBe(1);
    await store.delete(record.id);
  }
});
