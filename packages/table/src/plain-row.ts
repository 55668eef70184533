// Turns what a database driver returns into plain cells.

import { isUtf8 } from "node:buffer";
import type { Cell, Row } from "./table.ts";

/**
 * Dates become ISO 8601 text, large and exact numbers, JSON columns and nested documents text,
 * bytes text if they are UTF-8 (hashes are often kept as bytes) and base64 if not.
 */
export function plainRow(record: Record<string, unknown>): Row {
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
  // MongoDB's own types: bytes in an object, and ids and numbers that say themselves.
  if (bsonTypeOf(value) === "Binary" && "buffer" in value && value.buffer instanceof Uint8Array) {
    return textOf(value.buffer);
  }
  if (bsonTypeOf(value) !== null) return String(value);
  return JSON.stringify(value);
}

/** `null` for what is no type of MongoDB's. */
export function bsonTypeOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("_bsontype" in value)) return null;
  return typeof value._bsontype === "string" ? value._bsontype : null;
}
