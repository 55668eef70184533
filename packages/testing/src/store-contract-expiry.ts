// Expiry to the millisecond, and the purge.
import {
  expectAnswer,
  expectRecord,
  idsOf,
  newRecord,
  passUntil,
  race,
  type StoreRule,
  soonMs,
  stored,
} from "./store-contract-rule.ts";
import { walk } from "./store-contract-walk.ts";

export const expiryRules: readonly StoreRule[] = [
  {
    name: "a record is live until now < expiresAt ends, to the millisecond",
    async check(subject) {
      const { expiresAt } = await stored(subject, "session:a", {
        expiresAt: subject.now() + soonMs,
      });
      await subject.advance(Math.max(0, expiresAt - subject.now() - 1));
      for (let tries = 0; tries < 1_000; tries++) {
        const before = subject.now();
        const live = (await subject.store.get("session:a")) !== null;
        const after = subject.now();
        if (after < expiresAt)
          expectAnswer(live, true, `live ${expiresAt - after} ms before expiresAt`);
        if (before >= expiresAt) {
          expectAnswer(live, false, `live ${before - expiresAt} ms after expiresAt`);
          return;
        }
        await subject.advance(1);
      }
    },
  },
  {
    name: "deleteExpired removes the expired, never a live record, and says 0 when there are none",
    async check(subject, { expiresByItself }) {
      const { store } = subject;
      const expiresAt = subject.now() + soonMs;
      expectAnswer(await store.deleteExpired(10), 0, "deleteExpired of an empty store");
      for (let index = 0; index < 25; index++) {
        await stored(subject, `otp:${index}`, { expiresAt, owner: "otp:u1" });
      }
      const live = await stored(subject, "otp:live", { owner: "otp:u1" });
      expectAnswer(await store.deleteExpired(10), 0, "deleteExpired while all are live");
      const extended = await stored(subject, "otp:extended", { expiresAt });
      await store.touch("otp:extended", 0, expiresAt + 600_000);
      const cut = await stored(subject, "otp:cut");
      await store.replace({ ...cut, expiresAt, version: 2 });
      await passUntil(subject, expiresAt);
      let removed = 0;
      for (let calls = 0; calls < 100; calls++) {
        const count = await store.deleteExpired(10);
        expectAnswer(count <= 10, true, `deleteExpired(10) removes at most 10, not ${count}`);
        if (count === 0) break;
        removed += count;
      }
      if (!expiresByItself || removed > 0)
        expectAnswer(removed, 26, "how many deleteExpired removed");
      expectRecord(await store.get("otp:live"), live, "a live record after deleteExpired");
      const end = { ...extended, expiresAt: expiresAt + 600_000 };
      expectRecord(await store.get("otp:extended"), end, "a touched record after deleteExpired");
      const left = idsOf(await walk(store, "otp:", 100));
      expectAnswer(left, ["otp:extended", "otp:live"], "ids after deleteExpired");
      expectAnswer(idsOf(await store.listByOwner("otp:u1", 50)), ["otp:live"], "the owner's ids");
    },
  },
  {
    name: "deleteExpired by several at once counts every record once",
    async check(subject, { expiresByItself }) {
      const expiresAt = subject.now() + soonMs;
      for (let index = 0; index < 40; index++) await stored(subject, `otp:${index}`, { expiresAt });
      await passUntil(subject, expiresAt);
      const counts = await race(subject, 4, (store) => store.deleteExpired(100));
      let removed = counts.reduce((sum, count) => sum + count, 0);
      removed += await subject.store.deleteExpired(100);
      if (!expiresByItself || removed > 0) expectAnswer(removed, 40, "the sum of all counts");
    },
  },
  {
    name: "deleteExpired spares a record that is created anew at that moment",
    async check(subject) {
      const expiresAt = subject.now() + soonMs;
      const ids = Array.from({ length: 20 }, (_, index) => `otp:${index}`);
      for (const id of ids) await stored(subject, id, { expiresAt });
      await passUntil(subject, expiresAt);
      const answers = await race(subject, 22, async (store, index) => {
        const id = ids[index - 1];
        if (id === undefined) return (await store.deleteExpired(20)) >= 0;
        return store.create(newRecord(subject, id));
      });
      expectAnswer(answers.every(Boolean), true, "create over an expired record during the purge");
      const left = idsOf(await walk(subject.store, "otp:", 100));
      expectAnswer(left, ids.toSorted(), "ids of the new records");
    },
  },
];
