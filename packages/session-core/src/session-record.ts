// How a session is spelled in a stored record: `[1,headLength,userLength,head,user,data]`.
// The lengths let a read look at the head alone: user and data are parsed when asked for.

import { SessionError } from "./session-error.ts";

/** What is known of a session besides its user and data. */
export interface SessionHead {
  /** Raised by every rotation; cookies of an older generation are dead. */
  generation: number;
  /** When the present lifetime began (creation, or the last login): epoch ms. */
  startedAt: number;
  /** Absolute lifetime from `startedAt`, milliseconds. */
  lifetimeMs: number;
  /** Ends without a visit for this long; `null` is never. */
  idleMs: number | null;
  /** The cookie goes when the browser closes. */
  browser: boolean;
  /** Logged in with a second factor. */
  mfa: boolean;
  /** `User-Agent` and address at creation or login. */
  agent: string;
  ip: string;
}

/** A session's content; `user` and `data` are JSON text. */
export interface SessionContent {
  head: SessionHead;
  user: string;
  data: string;
}

export function encodeSession({ head, user, data }: SessionContent): string {
  const text = JSON.stringify(head);
  return `[1,${text.length},${user.length},${text},${user},${data}]`;
}

/** `null` for text that is not a session of this format. */
export function decodeSession(text: string): SessionContent | null {
  const match = /^\[1,(\d{1,6}),(\d{1,9}),/.exec(text);
  if (!match) return null;
  const headStart = match[0].length;
  const userStart = headStart + Number(match[1]) + 1;
  const dataStart = userStart + Number(match[2]) + 1;
  if (text[userStart - 1] !== "," || text[dataStart - 1] !== "," || text.at(-1) !== "]")
    return null;
  const head = parseHead(text.slice(headStart, userStart - 1));
  if (head === null) return null;
  return { head, user: text.slice(userStart, dataStart - 1), data: text.slice(dataStart, -1) };
}

/** Expiry from this moment on: the absolute end, or sooner when there is an idle timeout. */
export function expiryOf(head: SessionHead, now: number): number {
  const end = head.startedAt + head.lifetimeMs;
  return head.idleMs === null ? end : Math.min(end, now + head.idleMs);
}

/** @throws {SessionError} `ERR_SESSION_DATA` for cycles, BigInts and the like. */
export function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new SessionError("ERR_SESSION_DATA", "session data must be JSON values", { cause });
  }
}

/** An object from JSON text, without a prototype, so that no key is special. */
export function parseObject(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  const target: Record<string, unknown> = Object.create(null);
  return typeof value === "object" && value !== null ? Object.assign(target, value) : target;
}

function parseHead(text: string): SessionHead | null {
  let value: Record<string, unknown>;
  try {
    value = parseObject(text);
  } catch {
    return null;
  }
  const { generation, startedAt, lifetimeMs, idleMs, browser, mfa, agent, ip } = value;
  if (typeof generation !== "number" || typeof startedAt !== "number") return null;
  if (typeof lifetimeMs !== "number" || typeof browser !== "boolean") return null;
  if (idleMs !== null && typeof idleMs !== "number") return null;
  return {
    generation,
    startedAt,
    lifetimeMs,
    idleMs,
    browser,
    mfa: mfa === true,
    agent: typeof agent === "string" ? agent : "",
    ip: typeof ip === "string" ? ip : "",
  };
}
