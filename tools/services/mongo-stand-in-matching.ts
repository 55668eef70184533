// Filters and updates as MongoDB understands them, those that our packages use. Whatever else
// comes is refused, so that no test passes by an operator that did nothing.
import { isDeepStrictEqual } from "node:util";
import type { Document } from "./mongo-stand-in-wire.ts";

export function matches(document: Document, filter: Document): boolean {
  return Object.entries(filter).every(([field, condition]) => {
    const value = document[field];
    if (!isPlain(condition)) return isDeepStrictEqual(value, condition);
    return Object.entries(condition).every(([operator, operand]) =>
      holds(operator, value, operand),
    );
  });
}

function holds(operator: string, value: unknown, operand: unknown): boolean {
  switch (operator) {
    case "$eq":
      // A missing field is found as null.
      return isDeepStrictEqual(value ?? null, operand);
    case "$ne":
      return !isDeepStrictEqual(value, operand);
    case "$in":
      return Array.isArray(operand) && operand.some((item) => isDeepStrictEqual(value, item));
  }
  // Values of different types are never more or less than each other.
  const order = typeof value === typeof operand ? compare(value, operand) : Number.NaN;
  switch (operator) {
    case "$gt":
      return order > 0;
    case "$gte":
      return order >= 0;
    case "$lte":
      return order <= 0;
    default:
      throw new Error(`the operator ${operator} is not known here`);
  }
}

/** Numbers by value, text by its bytes in UTF-8: what holds without a collation. */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

/** The document after an update: operators, or a whole new document. */
export function updated(document: Document, update: unknown): Document {
  if (!isPlain(update)) throw new Error("an update by pipeline is not known here");
  if (!Object.keys(update).some((key) => key.startsWith("$"))) {
    return { ...update, _id: document["_id"] };
  }
  const next = { ...document };
  for (const [operator, fields] of Object.entries(update)) {
    if (!isPlain(fields)) throw new Error(`the fields of ${operator} are missing`);
    for (const [field, value] of Object.entries(fields)) {
      if (operator === "$set") next[field] = value;
      else if (operator !== "$max") throw new Error(`the operator ${operator} is not known here`);
      else if (compare(value, next[field]) > 0) next[field] = value;
    }
  }
  return next;
}

export function isPlain(value: unknown): value is Document {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
