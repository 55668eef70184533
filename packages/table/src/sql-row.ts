// Turns what a database driver returns into plain cells.

import { isUtf8 } from "node:buffer";
import type { Cell, Row } from "./table.ts";

/**
 * Dates become ISO 8601 text, large integers and JSON columns text, bytes text if they are UTF-8
 * (hashes are often kept as bytes) and base64 if not.
 */
export function sqlRow(record: Record<string, unknown>): Row {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, cellOf(value)]));
}

function cellOf(value: unknown): Cell {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case "object":
      return value === null ? null : textOf(value);
    default:
      return null;
  }
}

function textOf(value: object): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : value.toISOString();
  if (value instanceof Uint8Array) {
    return Buffer.from(value).toString(isUtf8(value) ? "utf8" : "base64");
  }
  return JSON.stringify(value);
}
