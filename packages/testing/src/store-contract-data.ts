// Odd but legal values come back as they were; ids that only look alike are different ids.
import type { StoredRecord } from "@latchkey/session-core";
import {
  expectAnswer,
  expectRecord,
  newRecord,
  type StoreRule,
  stored,
} from "./store-contract-rule.ts";

const oddData: readonly [what: string, data: string][] = [
  ["spaces, key order and doubled keys", '{ "b": 1,\t"a" : 2, "b":3 }\n'],
  ["unicode, emoji and combining marks", JSON.stringify("naïve 漢字 👩‍👩‍👧 e\u0301 \u2028")],
  ["a NUL and half an emoji as JSON escapes", String.raw`{"nul":"\u0000","half":"\ud83d"}`],
  ["quotes, backslashes and placeholders", JSON.stringify(`'"\`; -- \\ $1 ? :a @b %s {}`)],
  ["100 kB", JSON.stringify({ text: "aé漢😀".repeat(10_000) })],
  ["an empty string", ""],
];

const oddIds: readonly string[] = [
  `session:${"x".repeat(191)}a`,
  `session:${"x".repeat(191)}b`,
  "session:Case",
  "session:case",
  "session:case ",
  "session:éa",
  "session:e\u0301a",
  "session:ea",
  `session:'";--`,
  "session:%",
  "session:_",
  "session:a/../b",
  "session:a:b:c*[?]{}",
  "session:漢字😀",
  "__proto__",
  "constructor",
];

export const dataRules: readonly StoreRule[] = [
  ...oddData.map(
    ([what, data]) =>
      ({
        name: `data is kept to the character: ${what}`,
        async check(subject) {
          const record = await stored(subject, "session:a", { data });
          expectRecord(await subject.store.get("session:a"), record, "get after create");
          const next = { ...(await stored(subject, "session:b")), data, version: 2 };
          expectAnswer(await subject.store.replace(next), true, "replace of a live record");
          expectRecord(await subject.store.get("session:b"), next, "get after replace");
        },
      }) satisfies StoreRule,
  ),
  {
    name: "ids are compared exactly: case, accents, spaces, quotes, 200 characters",
    async check(subject) {
      const { store } = subject;
      const records: StoredRecord[] = [];
      for (const [index, id] of oddIds.entries()) {
        records.push(await stored(subject, id, { data: `${index}` }));
      }
      for (const record of records) {
        expectRecord(await store.get(record.id), record, `get('${record.id}')`);
      }
      for (const { id } of records) {
        expectAnswer(await store.delete(id), true, `delete('${id}')`);
        expectAnswer(await store.get(id), null, `get('${id}') after its delete`);
      }
    },
  },
  {
    name: "owners are compared exactly: case, accents, spaces, quotes",
    async check(subject) {
      const { store } = subject;
      const owners = oddIds.map((id) => id.replace("session:", "user:"));
      for (const [index, owner] of owners.entries()) await stored(subject, `s:${index}`, { owner });
      for (const [index, owner] of owners.entries()) {
        const rule = `listByOwner('${owner}')`;
        const found = await store.listByOwner(owner, 10);
        expectAnswer(
          found.map((record) => record.id),
          [`s:${index}`],
          rule,
        );
        expectAnswer(found[0]?.owner, owner, `${rule}; field owner`);
      }
      for (const owner of owners) {
        expectAnswer(await store.deleteByOwner(owner), 1, `deleteByOwner('${owner}')`);
      }
    },
  },
  {
    name: "times beyond 32 bits are kept to the millisecond, up to the year 9999",
    async check(subject) {
      const end = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
      const times = { createdAt: 1, seenAt: 2 ** 31 + 1, expiresAt: end - 1 };
      const record = await stored(subject, "session:a", times);
      expectRecord(await subject.store.get("session:a"), record, "get after create");
      const next = { ...record, seenAt: subject.now() + 1, version: 2 };
      await subject.store.replace(next);
      expectRecord(await subject.store.get("session:a"), next, "get after replace");
      await subject.store.touch("session:a", next.seenAt + 1, end);
      const touched = { ...next, seenAt: next.seenAt + 1, expiresAt: end };
      expectRecord(await subject.store.get("session:a"), touched, "get after touch");
    },
  },
  {
    name: "what is passed in or handed out can be changed without changing the store",
    async check(subject) {
      const { store } = subject;
      const input = newRecord(subject, "session:a", { owner: "session:u1" });
      const expected = { ...input };
      await store.create(input);
      spoil(input);
      expectRecord(await store.get("session:a"), expected, "after changing what create was given");
      spoil(await store.get("session:a"));
      expectRecord(await store.get("session:a"), expected, "after changing what get returned");
      spoil((await store.listByOwner("session:u1", 10))[0]);
      expectRecord(
        await store.get("session:a"),
        expected,
        "after changing what listByOwner returned",
      );
      spoil((await store.scan("session:", null, 10)).records[0]);
      expectRecord(await store.get("session:a"), expected, "after changing what scan returned");
      const next = { ...expected, version: 2, data: '"next"' };
      await store.replace(next);
      spoil(next);
      const replaced = { ...expected, version: 2, data: '"next"' };
      expectRecord(await store.get("session:a"), replaced, "after changing what replace was given");
    },
  },
];

function spoil(record: StoredRecord | null | undefined): void {
  if (!record) return;
  try {
    Object.assign(record, { data: '"spoiled"', owner: "spoiled", expiresAt: 0, version: 99 });
  } catch {
    // A frozen record is fine too.
  }
}
