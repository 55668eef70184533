// scan while others write: what is there during the whole walk is seen.
import type { StoredRecord } from "@latchkey/session-core";
import { expectAnswer, newRecord, type StoreRule, stored } from "./store-contract-rule.ts";
import { walk } from "./store-contract-walk.ts";

const names = Array.from({ length: 60 }, (_, index) => `otp:${String(index).padStart(2, "0")}`);

export const scanWalkRules: readonly StoreRule[] = [
  {
    name: "scan misses nothing when records before, at and after the cursor are deleted",
    async check(subject) {
      const { store } = subject;
      for (const id of names) await stored(subject, id);
      const deleted = new Set<string>();
      const seen = new Set<string>();
      const remove = async (id: string | undefined): Promise<void> => {
        if (id && (await store.delete(id))) deleted.add(id);
      };
      const found = await walk(store, "otp:", 7, async (page) => {
        for (const record of page) seen.add(record.id);
        await remove(page[0]?.id);
        await remove(page.at(-1)?.id);
        await remove(names.find((id) => !seen.has(id) && !deleted.has(id)));
      });
      expectMissing(
        found,
        names.filter((id) => !deleted.has(id)),
        "records deleted during the walk",
      );
    },
  },
  {
    name: "scan misses nothing when records are inserted during the walk",
    async check(subject) {
      const { store } = subject;
      for (const id of names) await stored(subject, id);
      let count = 0;
      const found = await walk(store, "otp:", 7, async (page) => {
        if (count >= 60) return; // a walk over a store that only grows need not end
        for (const id of [page[0]?.id, page.at(-1)?.id, "otp:", "otp:99"]) {
          await store.create(newRecord(subject, `${id}-${count++}`));
        }
      });
      expectMissing(found, names, "records inserted during the walk");
    },
  },
  {
    name: "scan misses nothing when records are touched and replaced during the walk",
    async check(subject) {
      const { store } = subject;
      for (const id of names) await stored(subject, id, { owner: "otp:u1" });
      const later = subject.now() + 900_000;
      const seen = new Set<string>();
      const found = await walk(store, "otp:", 7, async (page) => {
        for (const record of page) seen.add(record.id);
        const next = names.filter((id) => !seen.has(id));
        for (const id of [page[0]?.id, next[0], next.at(-1), next.at(-9)]) {
          const record = id ? await store.get(id) : null;
          if (!record) continue;
          await store.touch(record.id, later, later);
          await store.replace({
            ...record,
            seenAt: later,
            owner: null,
            data: '"longer"',
            version: record.version + 1,
          });
        }
      });
      expectMissing(found, names, "records changed during the walk");
    },
  },
];

function expectMissing(found: StoredRecord[], there: string[], when: string): void {
  const ids = new Set(found.map((record) => record.id));
  const missed = there.filter((id) => !ids.has(id));
  expectAnswer(missed, [], `ids that the walk missed, ${when}`);
}
