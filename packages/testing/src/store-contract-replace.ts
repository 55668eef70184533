// replace: only over the version it was made from, never into the void.
import assert from "node:assert/strict";
import type { StoredRecord } from "@latchkey/session-core";
import {
  expectAnswer,
  expectRecord,
  idsOf,
  newRecord,
  passUntil,
  race,
  racers,
  type StoreRule,
  soonMs,
  stored,
} from "./store-contract-rule.ts";

export const replaceRules: readonly StoreRule[] = [
  {
    name: "replace writes owner, data, seenAt, expiresAt and version, and keeps createdAt",
    async check(subject) {
      const { store } = subject;
      const first = await stored(subject, "session:a", { owner: "session:u1" });
      const next = {
        ...first,
        owner: "session:u2",
        data: '"next"',
        seenAt: first.seenAt + 1_000,
        expiresAt: first.expiresAt + 60_000,
        version: 2,
      };
      const given = { ...next, createdAt: first.createdAt + 5_000 };
      expectAnswer(
        await store.replace(given),
        true,
        "replace of a live record by its next version",
      );
      expectRecord(await store.get("session:a"), next, "get after replace");
      const third = { ...next, seenAt: first.seenAt - 1, version: 3 };
      expectAnswer(await store.replace(third), true, "replace by version 3 after version 2");
      expectRecord(await store.get("session:a"), third, "replace may also lower seenAt");
    },
  },
  {
    name: "replace answers false unless the stored version is the one before",
    async check(subject) {
      const { store } = subject;
      const first = await stored(subject, "session:a");
      for (const version of [0, 1, 3]) {
        const next = { ...first, version, data: '"wrong"' };
        expectAnswer(
          await store.replace(next),
          false,
          `replace of version 1 by version ${version}`,
        );
      }
      expectRecord(await store.get("session:a"), first, "a refused replace changes nothing");
    },
  },
  {
    name: `replace is true for exactly one of ${racers} at once`,
    async check(subject) {
      const first = await stored(subject, "session:a");
      const next = (index: number): StoredRecord => ({ ...first, version: 2, data: `${index}` });
      const won = await race(subject, racers, (store, index) => store.replace(next(index)));
      expectAnswer(
        won.filter(Boolean).length,
        1,
        `winners among ${racers} replaces of one version`,
      );
      const winner = next(won.indexOf(true));
      expectRecord(await subject.store.get("session:a"), winner, "the winner's record is stored");
    },
  },
  {
    name: "replace loses no update when 20 writers retry until they win",
    async check(subject) {
      await stored(subject, "session:a", { data: "0" });
      await race(subject, 20, async (store) => {
        for (let tries = 0; tries < 1_000; tries++) {
          const current = await store.get("session:a");
          if (!current) assert.fail("the record vanished under replace");
          const data = `${Number(current.data) + 1}`;
          if (await store.replace({ ...current, data, version: current.version + 1 })) return;
        }
        assert.fail("a writer was refused 1,000 times: replace must let one of many win");
      });
      const end = await subject.store.get("session:a");
      expectAnswer([end?.data, end?.version], ["20", 21], "[data, version] after 20 increments");
    },
  },
  {
    name: "replace never creates: false for absent, deleted and expired records",
    async check(subject) {
      const { store } = subject;
      const absent = newRecord(subject, "session:absent");
      for (const version of [1, 2]) {
        expectAnswer(await store.replace({ ...absent, version }), false, "replace of an absent id");
      }
      const gone = await stored(subject, "session:gone", { owner: "session:u1" });
      await store.delete("session:gone");
      expectAnswer(await store.replace({ ...gone, version: 2 }), false, "replace after delete");
      const old = await stored(subject, "session:old", {
        owner: "session:u1",
        expiresAt: subject.now() + soonMs,
      });
      await passUntil(subject, old.expiresAt);
      const revived = { ...old, version: 2, expiresAt: subject.now() + 600_000 };
      expectAnswer(await store.replace(revived), false, "replace of an expired record");
      for (const id of ["session:absent", "session:gone", "session:old"]) {
        expectAnswer(await store.get(id), null, `get('${id}') after the refused replace`);
      }
      expectAnswer(
        await store.listByOwner("session:u1", 10),
        [],
        "nothing came back for its owner",
      );
    },
  },
  {
    name: "replace may shorten the life of a record",
    async check(subject) {
      const first = await stored(subject, "session:a");
      const next = { ...first, version: 2, expiresAt: subject.now() + soonMs };
      expectAnswer(await subject.store.replace(next), true, "replace with an earlier expiresAt");
      expectRecord(await subject.store.get("session:a"), next, "get before the earlier expiry");
      await passUntil(subject, next.expiresAt);
      expectAnswer(await subject.store.get("session:a"), null, "get after the earlier expiry");
    },
  },
  {
    name: "replace moves a record to another owner, and to none",
    async check(subject) {
      const { store } = subject;
      const first = await stored(subject, "session:a", { owner: "session:u1" });
      await stored(subject, "session:b", { owner: "session:u1" });
      const owned = async (owner: string): Promise<string[]> =>
        idsOf(await store.listByOwner(owner, 10));
      await store.replace({ ...first, owner: "session:u2", version: 2 });
      expectAnswer(await owned("session:u1"), ["session:b"], "the old owner's list after the move");
      expectAnswer(await owned("session:u2"), ["session:a"], "the new owner's list after the move");
      await store.replace({ ...first, owner: null, version: 3 });
      expectAnswer(await owned("session:u2"), [], "the owner's list after replace by owner null");
      expectAnswer(
        (await store.get("session:a"))?.owner,
        null,
        "owner after replace by owner null",
      );
      await store.replace({ ...first, owner: "session:u1", version: 4 });
      expectAnswer(
        await owned("session:u1"),
        ["session:a", "session:b"],
        "the owner's list after a record without owner was given to it",
      );
    },
  },
];
