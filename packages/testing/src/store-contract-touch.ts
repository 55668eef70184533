// touch: raises two times of a live record and does nothing else.
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

export const touchRules: readonly StoreRule[] = [
  {
    name: "touch raises seenAt and expiresAt and keeps version and the rest",
    async check(subject) {
      const { store } = subject;
      const record = await stored(subject, "session:a", { owner: "session:u1", data: '"x"' });
      const seenAt = record.seenAt + 1_000;
      const expiresAt = record.expiresAt + 60_000;
      expectAnswer(
        await store.touch("session:a", seenAt, expiresAt),
        true,
        "touch of a live record",
      );
      expectRecord(
        await store.get("session:a"),
        { ...record, seenAt, expiresAt },
        "get after touch",
      );
    },
  },
  {
    name: "touch lowers nothing and still answers true",
    async check(subject) {
      const { store } = subject;
      const record = await stored(subject, "session:a");
      const { seenAt, expiresAt } = record;
      expectAnswer(
        await store.touch("session:a", seenAt - 9, expiresAt - 9),
        true,
        "touch downwards",
      );
      expectRecord(await store.get("session:a"), record, "get after a touch that lowers both");
      expectAnswer(
        await store.touch("session:a", seenAt, expiresAt),
        true,
        "touch by equal values",
      );
      await store.touch("session:a", seenAt + 5, expiresAt - 5);
      const seen = { ...record, seenAt: seenAt + 5 };
      expectRecord(await store.get("session:a"), seen, "get after a touch that raises seenAt only");
      await store.touch("session:a", seenAt - 5, expiresAt + 5);
      const extended = { ...seen, expiresAt: expiresAt + 5 };
      expectRecord(await store.get("session:a"), extended, "… that raises expiresAt only");
    },
  },
  {
    name: "touch keeps a record alive beyond its first expiry",
    async check(subject) {
      const { store } = subject;
      const record = await stored(subject, "session:a", { expiresAt: subject.now() + soonMs });
      const expiresAt = record.expiresAt + 600_000;
      await store.touch("session:a", record.seenAt, expiresAt);
      await passUntil(subject, record.expiresAt);
      expectRecord(
        await store.get("session:a"),
        { ...record, expiresAt },
        "get after the first expiry",
      );
      expectAnswer(await store.deleteExpired(100), 0, "deleteExpired spares the extended record");
      expectRecord(
        await store.get("session:a"),
        { ...record, expiresAt },
        "get after deleteExpired",
      );
    },
  },
  {
    name: "touch never creates: false for absent, deleted and expired records",
    async check(subject) {
      const { store } = subject;
      const later = subject.now() + 600_000;
      await stored(subject, "session:gone");
      await store.delete("session:gone");
      const old = await stored(subject, "session:old", { expiresAt: subject.now() + soonMs });
      await passUntil(subject, old.expiresAt);
      for (const id of ["session:absent", "session:gone", "session:old"]) {
        expectAnswer(await store.touch(id, subject.now(), later), false, `touch('${id}')`);
        expectAnswer(await store.get(id), null, `get('${id}') after the refused touch`);
      }
    },
  },
  {
    name: "touch at the same moment as replace loses nothing of the replace",
    async check(subject) {
      for (let round = 0; round < racers; round++) {
        const id = `session:${round}`;
        const first = await stored(subject, id);
        const next = { ...first, version: 2, data: '"next"', owner: "session:u1" };
        const answers = await race(subject, 4, (store, index) =>
          index === (round + 1) % 4
            ? store.replace(next)
            : store.touch(id, first.seenAt + index, first.expiresAt + index),
        );
        expectAnswer(answers, [true, true, true, true], "replace and touches of a live record");
        const end = await subject.store.get(id);
        expectAnswer(
          [end?.version, end?.data, end?.owner],
          [2, '"next"', "session:u1"],
          "[version, data, owner] after replace and touch at the same moment",
        );
      }
    },
  },
  {
    name: "touch at the same moment as delete never brings the record back",
    async check(subject) {
      for (let round = 0; round < racers; round++) {
        const id = `session:${round}`;
        const { seenAt, expiresAt } = await stored(subject, id);
        const answers = await race(subject, 4, (store, index) =>
          index === round % 4 ? store.delete(id) : store.touch(id, seenAt + 1, expiresAt + 1),
        );
        expectAnswer(answers[round % 4], true, "delete of a live record while it is touched");
        expectAnswer(await subject.store.get(id), null, "get after delete and touch at once");
      }
    },
  },
];
