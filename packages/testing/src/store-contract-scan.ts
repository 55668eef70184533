// scan: every live record under a prefix, and the prefix is plain text.
import {
  expectAnswer,
  expectRecord,
  idsOf,
  passUntil,
  type StoreRule,
  soonMs,
  stored,
} from "./store-contract-rule.ts";
import { walk } from "./store-contract-walk.ts";

/** Special in LIKE, glob, regular expressions, key namespaces; `$` stands for the place. */
const special = [
  "%",
  "_",
  "*",
  "?",
  "[",
  "]",
  "[a-z]",
  "\\",
  "\\%",
  "^",
  ".",
  ".*",
  "{",
  "'",
  "😀",
  "é",
];

export const scanRules: readonly StoreRule[] = [
  {
    name: "scan finds all fields of the records under a prefix, and no others",
    async check(subject) {
      const { store } = subject;
      const record = await stored(subject, "otp:1", { owner: "otp:u1", data: '"x"' });
      await stored(subject, "otp:2");
      await stored(subject, "otp:");
      for (const other of ["otp", "otp;", "OTP:3", "xotp:4", "session:otp:5"]) {
        await stored(subject, other);
      }
      const found = await walk(store, "otp:", 10);
      expectAnswer(idsOf(found), ["otp:", "otp:1", "otp:2"], "ids under 'otp:'");
      const same = found.find((candidate) => candidate.id === "otp:1") ?? null;
      expectRecord(same, record, "a scanned record");
      expectAnswer(idsOf(await walk(store, "otp:1", 10)), ["otp:1"], "ids under a whole id");
      expectAnswer(await walk(store, "none:", 10), [], "ids under a prefix that nothing has");
      expectAnswer((await walk(store, "", 3)).length, 8, "how many are under the empty prefix");
    },
  },
  {
    name: "scan takes wildcards in the prefix literally",
    async check(subject) {
      for (const [index, text] of special.entries()) {
        await stored(subject, `p:${text}:${index}`);
        await stored(subject, `p:q${text}:${index}`);
      }
      for (const decoy of ["p:x:1", "p:xyz:1", "p:", "p:q", "p:a%", "p:\u{10FFFF}"]) {
        await stored(subject, decoy);
      }
      for (const [index, text] of special.entries()) {
        const found = await walk(subject.store, `p:${text}:`, 5);
        expectAnswer(idsOf(found), [`p:${text}:${index}`], `ids under 'p:${text}:'`);
      }
      const percent = idsOf(await walk(subject.store, "p:%", 5));
      expectAnswer(percent, ["p:%:0"], "ids under 'p:%', where % ends the prefix");
      const last = idsOf(await walk(subject.store, "p:\u{10FFFF}", 5));
      expectAnswer(last, ["p:\u{10FFFF}"], "ids under the last character of Unicode");
    },
  },
  {
    name: "scan leaves out expired records",
    async check(subject) {
      const expiresAt = subject.now() + soonMs;
      for (let index = 0; index < 20; index++) {
        await stored(subject, `otp:${index}`, index % 2 === 0 ? { expiresAt } : {});
      }
      await passUntil(subject, expiresAt);
      const odd = Array.from({ length: 10 }, (_, index) => `otp:${index * 2 + 1}`).sort();
      expectAnswer(idsOf(await walk(subject.store, "otp:", 4)), odd, "ids of the live records");
    },
  },
  {
    name: "scan ends with cursor null, with pages of any size",
    async check(subject) {
      const made: string[] = [];
      for (let index = 0; index < 24; index++) {
        made.push((await stored(subject, `otp:${index}`)).id);
      }
      for (const limit of [1, 5, 8, 24, 25, 1_000]) {
        const found = idsOf(await walk(subject.store, "otp:", limit));
        expectAnswer(found, made.toSorted(), `ids found in pages of ${limit}`);
      }
    },
  },
];
