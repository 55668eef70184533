// Rules about taking a name that must not be taken twice, as a sign-up does.
import assert from "node:assert/strict";
import {
  expectCode,
  expectTypeError,
  forbiddenColumns,
  newRow,
  race,
  racers,
  rowsByUser,
  type TableRule,
} from "./table-contract-rule.ts";

export const uniqueRules: readonly TableRule[] = [
  {
    name: "insertIfAbsent adds a row, and says so",
    async check({ table }) {
      assert.equal(await table.insertIfAbsent(newRow("delta"), "user"), true);
      assert.equal(await table.insertIfAbsent(newRow("epsilon"), "email"), true);
      assert.deepEqual(await table.find("user", "delta"), [newRow("delta")]);
      assert.deepEqual(await table.find("user", "epsilon"), [newRow("epsilon")]);
    },
  },
  {
    name: "insertIfAbsent leaves alone who has the name, or another unique value",
    async check({ table }) {
      const before = await rowsByUser(table);
      assert.equal(await table.insertIfAbsent(newRow("alpha"), "user"), false);
      const email = "alpha@a.example";
      assert.equal(await table.insertIfAbsent(newRow("delta", { email }), "email"), false);
      assert.equal(await table.insertIfAbsent(newRow("delta", { email }), "user"), false);
      assert.deepEqual(await rowsByUser(table), before);
    },
  },
  {
    name: "insertIfAbsent gives a name to one of 50 who want it at once",
    async check(subject) {
      const wins = await race(subject, (table, at) =>
        table.insertIfAbsent(newRow("delta", { email: `${at}@c.example` }), "user"),
      );
      assert.equal(wins.filter(Boolean).length, 1);
      assert.deepEqual(await subject.table.find("user", "delta"), [
        newRow("delta", { email: `${wins.indexOf(true)}@c.example` }),
      ]);
    },
  },
  {
    name: "insertIfAbsent gives an e-mail address to one of 50 names at once",
    async check(subject) {
      const email = "delta@c.example";
      const wins = await race(subject, (table, at) =>
        table.insertIfAbsent(newRow(`delta${at}`, { email }), "user"),
      );
      assert.equal(wins.filter(Boolean).length, 1);
      assert.equal((await subject.table.find("email", email)).length, 1);
    },
  },
  {
    name: "insertIfAbsent gives 50 names to 50 who want different ones",
    async check(subject) {
      const wins = await race(subject, (table, at) =>
        table.insertIfAbsent(newRow(`delta${at}`), "user"),
      );
      assert.deepEqual(
        wins,
        Array.from({ length: racers }, () => true),
      );
      assert.equal((await subject.table.find("role", "new", 100)).length, racers);
    },
  },
  {
    name: "insertIfAbsent gives a name again once its row is deleted",
    async check({ table }) {
      assert.equal(await table.insertIfAbsent(newRow("alpha"), "user"), false);
      assert.equal(await table.delete({ user: "alpha" }), 1);
      assert.equal(await table.insertIfAbsent(newRow("alpha"), "user"), true);
    },
  },
  {
    name: "insertIfAbsent needs a value in its column, and a column",
    async check({ table }) {
      const before = await rowsByUser(table);
      for (const user of ["", null]) {
        await expectTypeError(table.insertIfAbsent({ ...newRow("x"), user }, "user"));
      }
      await expectTypeError(table.insertIfAbsent({ email: "x@c.example" }, "user"));
      await expectTypeError(table.insertIfAbsent(newRow("x"), "constructor"));
      for (const column of forbiddenColumns) {
        const row = { ...newRow("x"), ...Object.fromEntries([[column, "x"]]) };
        await expectCode("ERR_TABLE_COLUMN", table.insertIfAbsent(row, column));
      }
      assert.deepEqual(await rowsByUser(table), before);
    },
  },
];
