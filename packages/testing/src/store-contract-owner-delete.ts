// deleteByOwner: "log out everywhere", and it means it.
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

export const ownerDeleteRules: readonly StoreRule[] = [
  {
    name: "deleteByOwner removes an owner's live records and counts them",
    async check(subject) {
      const { store } = subject;
      const owner = "session:u1";
      for (const id of ["session:a", "session:b", "session:c"])
        await stored(subject, id, { owner });
      const old = await stored(subject, "session:old", {
        owner,
        expiresAt: subject.now() + soonMs,
      });
      const other = await stored(subject, "session:d", { owner: "session:u11" });
      const ownerless = await stored(subject, "session:e");
      await passUntil(subject, old.expiresAt);
      expectAnswer(await store.deleteByOwner(owner), 3, "the count: three live, one expired");
      expectAnswer(await store.listByOwner(owner, 10), [], "listByOwner afterwards");
      expectAnswer(await store.get("session:a"), null, "get of one of them afterwards");
      expectRecord(await store.get("session:d"), other, "another owner's record");
      expectRecord(await store.get("session:e"), ownerless, "a record without owner");
      expectAnswer(await store.deleteByOwner(owner), 0, "the count of a second deleteByOwner");
      expectAnswer(
        await store.deleteByOwner("session:nobody"),
        0,
        "the count for an unknown owner",
      );
    },
  },
  {
    name: "deleteByOwner spares exceptId and no other",
    async check(subject) {
      const { store } = subject;
      const owner = "session:u1";
      const kept = await stored(subject, "session:a", { owner });
      await stored(subject, "session:ab", { owner });
      await stored(subject, "session:b", { owner });
      const foreign = await stored(subject, "session:z", { owner: "session:u2" });
      expectAnswer(await store.deleteByOwner(owner, "session:a"), 2, "the count without exceptId");
      expectRecord(await store.get("session:a"), kept, "the record of exceptId");
      expectAnswer(
        idsOf(await store.listByOwner(owner, 10)),
        ["session:a"],
        "listByOwner afterwards",
      );
      const count = await store.deleteByOwner(owner, "session:z");
      expectAnswer(count, 1, "the count when exceptId is another owner's record");
      expectRecord(await store.get("session:z"), foreign, "the other owner's record");
    },
  },
  {
    name: "deleteByOwner among creates: what it did not count is still there",
    async check(subject) {
      const owner = "session:u1";
      const answers = await race(subject, racers, async (store, index) => {
        if (index % 10 === 9) return store.deleteByOwner(owner);
        const created = await store.create(newRecord(subject, `session:${index}`, { owner }));
        expectAnswer(created, true, "create of a new id while its owner's records are deleted");
        return 0;
      });
      const deleted = answers.reduce((sum, count) => sum + count, 0);
      const left = await subject.store.listByOwner(owner, 100);
      expectAnswer(
        deleted + left.length,
        racers - racers / 10,
        "records counted plus records left",
      );
      for (const record of left) {
        expectRecord(await subject.store.get(record.id), record, "a listed record");
      }
    },
  },
  {
    name: "deleteByOwner at the same moment as replace is final",
    async check(subject) {
      const { store, peer = store } = subject;
      for (let round = 0; round < racers; round++) {
        const owner = `session:u${round}`;
        const first = await stored(subject, `session:${round}`, { owner });
        const next = { ...first, version: 2 };
        const calls = [() => store.deleteByOwner(owner), () => peer.replace(next)];
        if (round % 2 === 1) calls.reverse();
        const answers: (number | boolean)[] = await Promise.all(calls.map((call) => call()));
        expectAnswer(answers.includes(1), true, "deleteByOwner counts the record being replaced");
        expectAnswer(
          await store.get(first.id),
          null,
          "get after deleteByOwner and replace at once",
        );
      }
    },
  },
  {
    name: "deleteByOwner at the same moment as a change of owner: deleted or moved, not both",
    async check(subject) {
      const { store, peer = store } = subject;
      for (let round = 0; round < racers; round++) {
        const owner = `session:u${round}`;
        const first = await stored(subject, `session:${round}`, { owner });
        const next = { ...first, owner: `session:new-${round}`, version: 2 };
        const calls = [() => store.deleteByOwner(owner), () => peer.replace(next)];
        if (round % 2 === 1) calls.reverse();
        const answers: (number | boolean)[] = await Promise.all(calls.map((call) => call()));
        const moved = answers.includes(true);
        expectAnswer(answers.includes(1), !moved, "counted as deleted, unless replace came first");
        expectAnswer((await store.get(first.id)) !== null, moved, "there, if replace was true");
        const listed = await store.listByOwner(next.owner, 10);
        expectAnswer(listed.length, moved ? 1 : 0, "records of the new owner");
      }
    },
  },
];
