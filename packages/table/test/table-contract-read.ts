// Rules about finding rows.
import assert from "node:assert/strict";
import {
  contractRows,
  expectCode,
  expectTypeError,
  forbiddenColumns,
  hostileColumns,
  type TableRule,
} from "./table-contract-rule.ts";

export const readRules: readonly TableRule[] = [
  {
    name: "find gives the row that has a value in any column, with all its columns",
    async check({ table }) {
      const [alpha, , gamma] = contractRows;
      for (const column of ["user", "email", "password", "role"]) {
        assert.deepEqual(await table.find(column, alpha?.[column] ?? ""), [alpha]);
      }
      assert.deepEqual(await table.find("password", "three"), [gamma]);
    },
  },
  {
    name: "find gives nothing for a value that no row has exactly",
    async check({ table }) {
      const others = ["", "ALPHA", "alpha ", " alpha", "alph", "álpha", "alpha%", "__proto__"];
      for (const value of [...others, "user", "alpha\0", "\ud800", "\0", 0, true, null]) {
        assert.deepEqual(await table.find("user", value), [], JSON.stringify(value));
      }
    },
  },
  {
    name: "find keeps the empty text apart from other values",
    async check({ table }, { emptyIsNull }) {
      const [beta, ...more] = await table.find("role", emptyIsNull ? null : "");
      assert.equal(beta?.["user"], "beta");
      assert.deepEqual(more, []);
    },
  },
  {
    name: "find takes no object for a value",
    async check({ table }) {
      for (const json of ['{"$ne":null}', '["alpha"]', '{"toString":null}']) {
        await expectTypeError(table.find("user", JSON.parse(json)));
      }
      await expectTypeError(table.find("user", Number.NaN));
      await expectTypeError(table.find("user", "alpha", -1));
      await expectTypeError(table.find("user", "alpha", JSON.parse('"1"')));
      assert.deepEqual(await table.find("user", "alpha", 0), []);
    },
  },
  {
    name: "find takes any name for the name of a column, and for nothing else",
    async check({ table }, { schemaless }) {
      for (const column of hostileColumns) {
        if (schemaless) assert.deepEqual(await table.find(column, "x"), [], column);
        else await expectCode("ERR_TABLE_COLUMN", table.find(column, column));
      }
      for (const column of forbiddenColumns) {
        await expectCode("ERR_TABLE_COLUMN", table.find(column, "x"));
      }
    },
  },
  {
    name: "all gives every row",
    async check({ table }, { emptyIsNull }) {
      const rows = (await table.all()).toSorted((a, b) =>
        String(a["user"]) < String(b["user"]) ? -1 : 1,
      );
      const expected = contractRows.map((row) =>
        emptyIsNull && row["role"] === "" ? { ...row, role: null } : row,
      );
      assert.deepEqual(rows, expected);
    },
  },
  {
    name: "all gives an error rather than a part of the rows",
    async check({ table }) {
      assert.equal((await table.all(3)).length, 3);
      await expectCode("ERR_TABLE_TOO_LARGE", table.all(2));
      await expectCode("ERR_TABLE_TOO_LARGE", table.all(0));
      await expectTypeError(table.all(0.5));
    },
  },
];
