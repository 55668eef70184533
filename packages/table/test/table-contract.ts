// What every table must do, in the shape of a published contract: run against each kind of table.
import type { Table } from "../src/index.ts";
import { readRules } from "./table-contract-read.ts";
import type { TableRule, TableTraits } from "./table-contract-rule.ts";
import { uniqueRules } from "./table-contract-unique.ts";
import { readOnlyRules, writeRules } from "./table-contract-write.ts";

/** One table under test with the rows of `contractRows`; `user` and `email` are unique. */
export interface TableSubject {
  readonly table: Table;
  /** A second client of the same rows: races then run through both. */
  readonly peer?: Table;
  /** Called after each test, also after a failed one. */
  close(): Promise<void>;
}

export interface TableContractOptions extends Partial<TableTraits> {
  /** Any runner's test function: that of vitest, `node:test`, … */
  readonly test: (name: string, fn: () => Promise<void>) => unknown;
  /** Called once for every test. */
  readonly create: () => Promise<TableSubject>;
}

/** Registers one test for every rule of the `Table` contract with your test runner. */
export function tableContract(options: TableContractOptions): void {
  const { test, create, readOnly = false, schemaless = false, emptyIsNull = false } = options;
  const rules: TableRule[] = [
    ...readRules,
    ...(readOnly ? readOnlyRules : [...writeRules, ...uniqueRules]),
  ];
  for (const rule of rules) {
    test(`table contract: ${rule.name}`, async () => {
      const subject = await create();
      try {
        await rule.check(subject, { readOnly, schemaless, emptyIsNull });
      } finally {
        await subject.close();
      }
    });
  }
}
