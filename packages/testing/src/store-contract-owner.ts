// listByOwner: an owner's live records, the last seen first.
import type { StoredRecord } from "@latchkey/session-core";
import {
  expectAnswer,
  expectRecord,
  idsOf,
  passUntil,
  type StoreRule,
  soonMs,
  stored,
} from "./store-contract-rule.ts";

export const ownerRules: readonly StoreRule[] = [
  {
    name: "listByOwner gives all fields of an owner's records and of nobody else's",
    async check(subject) {
      const { store } = subject;
      const mine = await stored(subject, "session:a", { owner: "session:user-1", data: '"mine"' });
      await stored(subject, "session:b", { owner: "session:user-11" });
      await stored(subject, "session:c", { owner: "session:user-" });
      await stored(subject, "session:d");
      const found = await store.listByOwner("session:user-1", 10);
      expectAnswer(idsOf(found), ["session:a"], "ids of listByOwner");
      expectRecord(found[0] ?? null, mine, "the listed record");
      for (const nobody of ["session:nobody", "null", "", "session:user-%", "session:*"]) {
        expectAnswer(await store.listByOwner(nobody, 10), [], `listByOwner('${nobody}')`);
      }
    },
  },
  {
    name: "listByOwner puts the last seen first and stops at its limit",
    async check(subject) {
      const { store } = subject;
      const now = subject.now();
      const owner = "session:u1";
      for (const age of [3, 1, 5, 2, 4]) {
        await stored(subject, `session:${age}`, { owner, seenAt: now - age * 1_000 });
      }
      const list = async (limit: number): Promise<string[]> =>
        (await store.listByOwner(owner, limit)).map((record) => record.id);
      const inOrder = [1, 2, 3, 4, 5].map((age) => `session:${age}`);
      expectAnswer(await list(10), inOrder, "ids of listByOwner, newest seenAt first");
      expectAnswer(await list(5), inOrder, "ids with a limit as large as the list");
      expectAnswer(await list(2), inOrder.slice(0, 2), "ids with limit 2");
      await store.touch("session:5", now, now + 700_000);
      expectAnswer(await list(1), ["session:5"], "ids with limit 1 after touch raised seenAt");
      const third = await store.get("session:3");
      if (third) await store.replace({ ...third, seenAt: now + 1, version: 2 });
      expectAnswer(await list(2), ["session:3", "session:5"], "ids after replace raised seenAt");
    },
  },
  {
    name: "listByOwner leaves out expired records, also when counting to its limit",
    async check(subject) {
      const { store } = subject;
      const now = subject.now();
      const owner = "session:u1";
      const expiresAt = now + soonMs;
      await stored(subject, "session:old1", { owner, seenAt: now + 2, expiresAt });
      await stored(subject, "session:old2", { owner, seenAt: now + 1, expiresAt });
      await stored(subject, "session:live1", { owner, seenAt: now - 1 });
      await stored(subject, "session:live2", { owner, seenAt: now - 2 });
      await passUntil(subject, expiresAt);
      const list = async (limit: number): Promise<string[]> =>
        (await store.listByOwner(owner, limit)).map((record) => record.id);
      expectAnswer(await list(10), ["session:live1", "session:live2"], "ids of live records");
      expectAnswer(await list(1), ["session:live1"], "limit 1 counts live records only");
    },
  },
  {
    name: "listByOwner handles 300 records of one owner",
    async check(subject) {
      const owner = "session:u1";
      const made: StoredRecord[] = [];
      for (let index = 0; index < 300; index++) {
        made.push(
          await stored(subject, `session:${index}`, { owner, seenAt: subject.now() - index }),
        );
      }
      const found = await subject.store.listByOwner(owner, 1_000);
      expectAnswer(idsOf(found), idsOf(made), "ids of 300 records");
      expectAnswer(
        (await subject.store.listByOwner(owner, 250)).length,
        250,
        "length at limit 250",
      );
    },
  },
];
