// What the provider sends the browser back with: a code, or an error.

import type { LoginRequest } from "@latchkey/auth-core";

export type AuthorizationAnswer =
  /** The browser comes without an answer: the login begins. */
  | { kind: "none" }
  /** Parameters that are doubled, too long or missing. */
  | { kind: "malformed" }
  | { kind: "code"; state: string; iss: string | null; code: string }
  | { kind: "error"; state: string; iss: string | null; error: string };

const NAMES = ["state", "code", "error", "iss"] as const;
const LONGEST = 4_096;

/** @see RFC 6749 §4.1.2, RFC 9207 §2 */
export function readAnswer({ method, url, fields }: LoginRequest): AuthorizationAnswer {
  const sent = new Map<string, string>();
  for (const name of NAMES) {
    const values = method === "POST" ? fieldOf(fields, name) : url.searchParams.getAll(name);
    const [value] = values;
    // RFC 6749 §3.1: parameters must not be there twice.
    if (values.length > 1 || (value?.length ?? 0) > LONGEST) return { kind: "malformed" };
    if (value !== undefined && value !== "") sent.set(name, value);
  }
  const state = sent.get("state");
  const code = sent.get("code");
  const error = sent.get("error");
  const iss = sent.get("iss") ?? null;
  if (state === undefined && code === undefined && error === undefined) return { kind: "none" };
  if (state === undefined || (code === undefined) === (error === undefined)) {
    return { kind: "malformed" };
  }
  return code === undefined
    ? { kind: "error", state, iss, error: error ?? "" }
    : { kind: "code", state, iss, code };
}

function fieldOf(fields: LoginRequest["fields"], name: string): string[] {
  const value = fields[name];
  return value === undefined ? [] : [value];
}
