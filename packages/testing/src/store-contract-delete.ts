// delete: one of many callers is told `true`, and it is final.
import {
  expectAnswer,
  expectRecord,
  passUntil,
  race,
  racers,
  type StoreRule,
  soonMs,
  stored,
} from "./store-contract-rule.ts";

export const deleteRules: readonly StoreRule[] = [
  {
    name: "delete removes the record, from its owner's list and from scan too",
    async check(subject) {
      const { store } = subject;
      await stored(subject, "session:a", { owner: "session:u1" });
      const other = await stored(subject, "session:b", { owner: "session:u2" });
      expectAnswer(await store.delete("session:a"), true, "delete of a live record");
      expectAnswer(await store.get("session:a"), null, "get after delete");
      expectAnswer(await store.listByOwner("session:u1", 10), [], "listByOwner after delete");
      expectAnswer((await store.scan("session:a", null, 10)).records, [], "scan after delete");
      expectRecord(await store.get("session:b"), other, "another record after delete");
    },
  },
  {
    name: "delete answers false for absent, deleted and expired records",
    async check(subject) {
      const { store } = subject;
      expectAnswer(await store.delete("session:absent"), false, "delete of an absent id");
      await stored(subject, "session:gone");
      await store.delete("session:gone");
      expectAnswer(await store.delete("session:gone"), false, "a second delete");
      const old = await stored(subject, "session:old", { expiresAt: subject.now() + soonMs });
      await passUntil(subject, old.expiresAt);
      expectAnswer(await store.delete("session:old"), false, "delete of an expired record");
    },
  },
  {
    name: `delete is true for exactly one of ${racers} at once`,
    async check(subject) {
      await stored(subject, "session:a");
      const won = await race(subject, racers, (store) => store.delete("session:a"));
      expectAnswer(won.filter(Boolean).length, 1, `winners among ${racers} deletes of one record`);
    },
  },
  {
    name: "delete at the same moment as replace is final: 100 rounds, no revival",
    async check(subject) {
      for (let round = 0; round < 100; round++) {
        const id = `session:${round}`;
        const first = await stored(subject, id, { owner: "session:u1" });
        const next = { ...first, version: 2, data: '"next"' };
        const answers = await race(subject, 4, (store, index) =>
          index === round % 4 ? store.delete(id) : store.replace(next),
        );
        expectAnswer(answers[round % 4], true, "delete of a live record while it is replaced");
        expectAnswer(await subject.store.get(id), null, "get after delete and replace at once");
      }
      expectAnswer(
        await subject.store.listByOwner("session:u1", 10),
        [],
        "the owner's list is empty",
      );
    },
  },
  {
    name: "delete at the same moment as create of a new record keeps one story",
    async check(subject) {
      const { store, peer = store } = subject;
      for (let round = 0; round < racers; round++) {
        const id = `session:${round}`;
        const first = await stored(subject, id);
        const second = { ...first, data: '"second"' };
        const calls = [() => store.create(second), () => peer.delete(id)];
        if (round % 2 === 1) calls.reverse();
        const answers = await Promise.all(calls.map((call) => call()));
        const [created, deleted] = round % 2 === 1 ? answers.reverse() : answers;
        expectAnswer(deleted, true, "delete of a live record");
        const end = await store.get(id);
        expectAnswer(
          end?.data ?? null,
          created ? '"second"' : null,
          "data after create and delete",
        );
      }
    },
  },
];
