// Rules about adding, changing and removing rows.
import assert from "node:assert/strict";
import {
  expectCode,
  expectTypeError,
  forbiddenColumns,
  hostileColumns,
  newRow,
  race,
  racers,
  rowsByUser,
  type TableRule,
} from "./table-contract-rule.ts";

const oddTexts = [
  'a,b;"c"',
  "two\nlines",
  "two\r\nlines",
  " blanks ",
  "=1+1",
  "Zoë 😀",
  "'; drop table users; --",
  "\\",
  "$ne",
  "\u00bf'\\' or 1=1",
];

export const writeRules: readonly TableRule[] = [
  {
    name: "insert keeps every character of a text",
    async check({ table }) {
      for (const [at, password] of oddTexts.entries()) {
        await table.insert(newRow(`odd${at}`, { password }));
      }
      for (const [at, password] of oddTexts.entries()) {
        assert.deepEqual(await table.find("password", password), [
          newRow(`odd${at}`, { password }),
        ]);
      }
    },
  },
  {
    name: "find gives all rows of one value, and no more than asked for",
    async check({ table }) {
      for (const user of ["x", "y", "z"]) await table.insert(newRow(user));
      assert.equal((await table.find("role", "new")).length, 2);
      assert.equal((await table.find("role", "new", 1)).length, 1);
      assert.equal((await table.find("role", "new", 10)).length, 3);
    },
  },
  {
    name: "insert keeps every one of many at once",
    async check(subject) {
      await race(subject, (table, at) => table.insert(newRow(`new${at}`)));
      assert.equal((await subject.table.find("role", "new", 100)).length, racers);
    },
  },
  {
    name: "insert rejects a value that a unique column has already",
    async check({ table }) {
      const before = await rowsByUser(table);
      await expectCode("ERR_TABLE_CONFLICT", table.insert(newRow("alpha")));
      const email = "beta@a.example";
      await expectCode("ERR_TABLE_CONFLICT", table.insert(newRow("delta", { email })));
      assert.deepEqual(await rowsByUser(table), before);
    },
  },
  {
    name: "no write takes text that can't be kept, or an object for a value",
    async check({ table }) {
      const before = await rowsByUser(table);
      for (const password of ["nul\0", "half \ud83d", "\udc00"]) {
        const row = newRow("delta", { password });
        await expectCode("ERR_TABLE_VALUE", table.insert(row));
        await expectCode("ERR_TABLE_VALUE", table.insertIfAbsent(row, "user"));
        await expectCode("ERR_TABLE_VALUE", table.update({ user: "alpha" }, { password }));
        assert.equal(await table.update({ password }, { role: "x" }), 0);
        assert.equal(await table.delete({ password }), 0);
      }
      for (const json of ['{"$ne":null}', '["alpha"]', '{"$set":{"role":"admin"}}']) {
        const object = JSON.parse(json);
        await expectTypeError(table.insert(newRow("delta", { password: object })));
        await expectTypeError(table.insertIfAbsent(newRow("delta", { role: object }), "user"));
        await expectTypeError(table.update({ user: object }, { role: "x" }));
        await expectTypeError(table.update({ user: "alpha" }, { role: object }));
        await expectTypeError(table.delete({ user: object }));
      }
      assert.deepEqual(await rowsByUser(table), before);
    },
  },
  {
    name: "update changes the rows that match every column, and nothing else",
    async check({ table }) {
      const { alpha, beta, gamma } = await rowsByUser(table);
      const where = { user: "alpha", password: "wrong" };
      assert.equal(await table.update(where, { password: "new" }), 0);
      assert.equal(await table.update({ ...where, password: "one" }, { password: "new" }), 1);
      assert.equal(await table.update({ ...where, password: "one" }, { password: "newer" }), 0);
      assert.equal(await table.update({ role: "member" }, { role: "guest", password: "x" }), 1);
      assert.deepEqual(await rowsByUser(table), {
        alpha: { ...alpha, password: "new" },
        beta,
        gamma: { ...gamma, role: "guest", password: "x" },
      });
    },
  },
  {
    name: "update counts a row that was that way before",
    async check({ table }) {
      assert.equal(await table.update({ user: "alpha" }, { role: "admin" }), 1);
    },
  },
  {
    name: "update lets one of 50 compare-and-swaps through",
    async check(subject) {
      const counts = await race(subject, (table, at) =>
        table.update({ user: "alpha", password: "one" }, { password: `new${at}` }),
      );
      assert.equal(counts.filter((count) => count === 1).length, 1);
      assert.equal(counts.filter((count) => count === 0).length, racers - 1);
      const winner = counts.indexOf(1);
      const [alpha] = await subject.table.find("user", "alpha");
      assert.equal(alpha?.["password"], `new${winner}`);
    },
  },
  {
    name: "update rejects a value that a unique column has already",
    async check({ table }) {
      const before = await rowsByUser(table);
      const taken = { email: "beta@a.example" };
      await expectCode("ERR_TABLE_CONFLICT", table.update({ user: "alpha" }, taken));
      assert.deepEqual(await rowsByUser(table), before);
      assert.equal(await table.update({ user: "beta" }, taken), 1); // It is its own.
    },
  },
  {
    name: "delete removes the rows that match every column, and nothing else",
    async check({ table }) {
      const { alpha, gamma } = await rowsByUser(table);
      assert.equal(await table.delete({ user: "alpha", password: "wrong" }), 0);
      assert.equal(await table.delete({ user: "nobody" }), 0);
      assert.equal(await table.delete({ user: "beta", password: "two" }), 1);
      assert.equal(await table.delete({ user: "beta" }), 0);
      assert.deepEqual(await rowsByUser(table), { alpha, gamma });
    },
  },
  {
    name: "delete says 1 to one of 50 callers",
    async check(subject) {
      const counts = await race(subject, (table) => table.delete({ user: "alpha" }));
      assert.equal(counts.filter((count) => count === 1).length, 1);
      assert.deepEqual(await subject.table.find("user", "alpha"), []);
    },
  },
  {
    name: "no write takes a name for anything but that of a column",
    async check({ table }, { schemaless }) {
      const before = await rowsByUser(table);
      for (const column of [...(schemaless ? [] : hostileColumns), ...forbiddenColumns]) {
        const odd = Object.fromEntries([[column, column.replace("\0", "")]]);
        await expectCode("ERR_TABLE_COLUMN", table.insert({ ...newRow("delta"), ...odd }));
        await expectCode("ERR_TABLE_COLUMN", table.update(odd, { role: "x" }));
        await expectCode("ERR_TABLE_COLUMN", table.update({ user: "alpha" }, odd));
        await expectCode("ERR_TABLE_COLUMN", table.delete(odd));
      }
      if (schemaless) {
        for (const column of hostileColumns) {
          const odd = Object.fromEntries([[column, "x"]]);
          assert.equal(await table.update(odd, { role: "x" }), 0);
          assert.equal(await table.delete(odd), 0);
        }
      }
      assert.deepEqual(await rowsByUser(table), before);
    },
  },
  {
    name: "no write changes every row or nothing",
    async check({ table }) {
      await expectTypeError(table.update({}, { role: "x" }));
      await expectTypeError(table.update({ user: "alpha" }, {}));
      await expectTypeError(table.delete({}));
      await expectTypeError(table.insert({}));
    },
  },
];

export const readOnlyRules: readonly TableRule[] = [
  {
    name: "every write says that the table is read-only, and changes nothing",
    async check({ table }) {
      const before = await rowsByUser(table);
      await expectCode("ERR_TABLE_READ_ONLY", table.insert(newRow("delta")));
      await expectCode("ERR_TABLE_READ_ONLY", table.insertIfAbsent(newRow("delta"), "user"));
      await expectCode("ERR_TABLE_READ_ONLY", table.update({ user: "alpha" }, { role: "x" }));
      await expectCode("ERR_TABLE_READ_ONLY", table.delete({ user: "alpha" }));
      assert.deepEqual(await rowsByUser(table), before);
    },
  },
];
