// The body of a login or logout: a form or JSON, of a size that such a thing has.

import { isJsonType } from "./client-kind.ts";

/** The longest body that is read, in bytes. */
export const BODY_LIMIT = 65_536;
const MAX_FIELDS = 100;

/** What stands for a body that could not be read: too long, or malformed. */
export const UNREADABLE = false;

export type BodyKind = "form" | "json" | "other" | "unreadable";

/** What the headers say of a body, before it is read. */
export function bodyKind(getHeader: (name: string) => string | undefined): BodyKind {
  const type = getHeader("content-type") ?? "";
  const isForm = /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type);
  if (!isForm && !isJsonType(type)) return "other";
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(type)?.[1] ?? "utf-8";
  const coding = getHeader("content-encoding") ?? "identity";
  if (!/^utf-?8$/i.test(charset) || !/^identity$/i.test(coding)) return "unreadable";
  if (Number(getHeader("content-length") ?? 0) > BODY_LIMIT) return "unreadable";
  return isForm ? "form" : "json";
}

/** @returns An object, `null` for an empty body, or {@link UNREADABLE}. */
export function parseBody(kind: "form" | "json", bytes: Uint8Array): unknown {
  if (bytes.length === 0) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return kind === "form" ? parseForm(text) : parseJson(text);
  } catch {
    return UNREADABLE;
  }
}

/** A field that comes twice is a list, which no login takes. */
function parseForm(text: string): unknown {
  const params = new URLSearchParams(text);
  if (params.size > MAX_FIELDS) return UNREADABLE;
  const fields: Record<string, string | string[]> = Object.create(null);
  for (const name of params.keys()) {
    const values = params.getAll(name);
    fields[name] = values.length === 1 ? (values[0] ?? "") : values;
  }
  return fields;
}

function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null ? value : UNREADABLE;
}
