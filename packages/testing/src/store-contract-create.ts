// create and get: insert only, one winner, nothing shared with the caller.
import {
  expectAnswer,
  expectRecord,
  newRecord,
  passUntil,
  race,
  racers,
  type StoreRule,
  soonMs,
  stored,
} from "./store-contract-rule.ts";

export const createRules: readonly StoreRule[] = [
  {
    name: "create stores all fields and get returns them",
    async check(subject) {
      const now = subject.now();
      const record = await stored(subject, "session:a", {
        owner: "session:user-1",
        data: '{"cart":[1,2]}',
        createdAt: now - 5_000,
        seenAt: now - 1_000,
      });
      expectRecord(await subject.store.get("session:a"), record, "get returns what create stored");
    },
  },
  {
    name: "get answers null for an id that was never stored",
    async check({ store }) {
      expectAnswer(await store.get("session:none"), null, "get of an absent id");
    },
  },
  {
    name: "create refuses an id that is taken and leaves its record alone",
    async check(subject) {
      const first = await stored(subject, "session:a", { owner: "session:u1", data: '"first"' });
      const second = newRecord(subject, "session:a", { owner: "session:u2", data: '"second"' });
      expectAnswer(await subject.store.create(second), false, "create of an id that is taken");
      expectRecord(await subject.store.get("session:a"), first, "a refused create changes nothing");
      expectAnswer(
        await subject.store.listByOwner("session:u2", 10),
        [],
        "a refused create puts nothing under its owner",
      );
    },
  },
  {
    name: `create is true for exactly one of ${racers} at once`,
    async check(subject) {
      const attempts = Array.from({ length: racers }, (_, index) =>
        newRecord(subject, "session:a", { data: `${index}`, owner: `session:u${index}` }),
      );
      const won = await race(subject, racers, (store, index) =>
        store.create(attempts[index] ?? never()),
      );
      expectAnswer(won.filter(Boolean).length, 1, `winners among ${racers} creates of one id`);
      const winner = attempts[won.indexOf(true)] ?? never();
      expectRecord(await subject.store.get("session:a"), winner, "the winner's record is stored");
    },
  },
  {
    name: "create over an expired record of the same id succeeds and leaves nothing of it",
    async check(subject) {
      const old = await stored(subject, "session:a", {
        owner: "session:old",
        expiresAt: subject.now() + soonMs,
      });
      await subject.store.replace({ ...old, version: 2, data: '"old"' });
      await passUntil(subject, old.expiresAt);
      const fresh = newRecord(subject, "session:a", { owner: "session:new", data: '"new"' });
      expectAnswer(await subject.store.create(fresh), true, "create over an expired record");
      expectRecord(await subject.store.get("session:a"), fresh, "all fields are the new record's");
      expectAnswer(
        await subject.store.listByOwner("session:old", 10),
        [],
        "the expired record's owner no longer has it",
      );
      await subject.store.deleteExpired(100);
      expectRecord(await subject.store.get("session:a"), fresh, "deleteExpired spares the new one");
    },
  },
  {
    name: `create over an expired record is true for exactly one of ${racers} at once`,
    async check(subject) {
      const old = await stored(subject, "session:a", { expiresAt: subject.now() + soonMs });
      await passUntil(subject, old.expiresAt);
      const fresh = newRecord(subject, "session:a");
      const won = await race(subject, racers, (store) => store.create(fresh));
      expectAnswer(won.filter(Boolean).length, 1, `winners among ${racers} creates of one id`);
    },
  },
  {
    name: "create succeeds again after delete",
    async check(subject) {
      await stored(subject, "session:a", { data: '"first"' });
      await subject.store.delete("session:a");
      const second = await stored(subject, "session:a", { data: '"second"' });
      expectRecord(await subject.store.get("session:a"), second, "the second record is stored");
    },
  },
];

function never(): never {
  throw new Error("an index out of range: a bug of the contract, not of the store");
}
