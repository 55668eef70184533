// What all parts of the table contract share: the rows to begin with, races and expected errors.
import assert from "node:assert/strict";
import type { Row, Table, TableErrorCode } from "../src/index.ts";
import type { TableSubject } from "./table-contract.ts";

export interface TableTraits {
  readonly readOnly: boolean;
  /** Any column may be there or not, as in MongoDB. */
  readonly schemaless: boolean;
  /** An empty text can't be told from no value, as in a spreadsheet. */
  readonly emptyIsNull: boolean;
}

export interface TableRule {
  /** A sentence that begins with the method. */
  readonly name: string;
  check(subject: TableSubject, traits: TableTraits): Promise<void>;
}

/** What is in every table under test. */
export const contractRows: readonly Row[] = [
  { user: "alpha", email: "alpha@a.example", password: "one", role: "admin" },
  { user: "beta", email: "beta@a.example", password: "two", role: "" },
  { user: "gamma", email: "gamma@a.example", password: "three", role: "member" },
];

export function newRow(user: string, more: Row = {}): Row {
  return { user, email: `${user}@b.example`, password: "p", role: "new", ...more };
}

/** How many callers race for one thing. */
export const racers = 50;

/** Starts `racers` calls at once, shared out over the clients, each a few microtasks later. */
export function race<T>(
  { table, peer = table }: TableSubject,
  attempt: (table: Table, index: number) => Promise<T>,
): Promise<T[]> {
  const one = async (index: number): Promise<T> => {
    for (let tick = index % 3; tick > 0; tick--) await null;
    return attempt(index % 2 === 0 ? table : peer, index);
  };
  return Promise.all(Array.from({ length: racers }, (_, index) => one(index)));
}

export async function expectCode(code: TableErrorCode, call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, { name: "TableError", code });
}

export async function expectTypeError(call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, TypeError);
}

/** Every row by user, to see that nothing else changed. */
export async function rowsByUser(table: Table): Promise<Record<string, Row>> {
  const rows = await table.all();
  return Object.fromEntries(rows.map((row) => [String(row["user"]), row]));
}

/** Names that no column has, and that would be something else if they weren't quoted. */
export const hostileColumns: readonly string[] = [
  "nosuch",
  'user" or 1=1 --',
  "user` or 1=1 -- ",
  "user' or '1'='1",
  "user\\",
  "1=1",
  "*",
  "constructor",
];

/** Names that no backend lets through at all. */
export const forbiddenColumns: readonly string[] = [
  "$where",
  "$or",
  "a.b",
  "",
  "user\0",
  "__proto__",
];
