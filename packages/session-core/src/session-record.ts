// How a session is spelled in a stored record: `[1,headLength,userLength,head,user,data]`.
// The lengths let a read look at the head alone: user and data are parsed when asked for.

import type { Exchange } from "./exchange.ts";
import { SessionError } from "./session-error.ts";
import type { Lifetimes } from "./session-lifetime.ts";
import type { StoredRecord } from "./store.ts";

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

/** A stored record, taken apart. */
export interface StoredSession {
  record: StoredRecord;
  content: SessionContent;
}

/** Takes a record apart; `null` for one that is no session, or whose time is over. */
export function openRecord(record: StoredRecord, now: number): StoredSession | null {
  const content = decodeSession(record.data);
  if (content === null) return null;
  // A visit that was under way during a login may have raised `record.expiresAt` beyond the end
  // that the login chose. The head can't be raised, so it has the last word.
  const expiresAt = Math.min(record.expiresAt, expiryOf(content.head, record.seenAt));
  if (now >= expiresAt) return null;
  return { record: expiresAt === record.expiresAt ? record : { ...record, expiresAt }, content };
}

/** The head of a session that begins with this request. */
export function newHead(exchange: Exchange, lifetimes: Lifetimes, startedAt: number): SessionHead {
  const agent = (exchange.getHeader("user-agent") ?? "").slice(0, 200);
  return { generation: 1, startedAt, ...lifetimes, mfa: false, agent, ip: exchange.ip };
}

export function encodeSession({ head, user, data }: SessionContent): string {
  const text = JSON.stringify(head);
  return `[1,${text.length},${user.length},${text},${user},${data}]`;
}

/** `null` for text that is not a session of this format. */
function decodeSession(text: string): SessionContent | null {
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

/**
 * The one place where JSON becomes a caller's type: it was written as that type.
 *
 * @throws {SessionError} `ERR_SESSION_DATA` for text that is damaged, without showing it.
 */
export function fromJson<T>(text: string): T {
  try {
    return JSON.parse(text);
  } catch {
    throw new SessionError("ERR_SESSION_DATA", "the stored session is damaged: it is not JSON");
  }
}

/** An object from JSON text, without a prototype, so that no key is special. */
export function parseObject<T extends object = Record<string, unknown>>(text: string): T {
  return Object.assign(Object.create(null), fromJson(text));
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
