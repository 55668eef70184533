// How a session is spelled in a stored record: `[1,generation,startedAt,lifetimeMs,idleMs,browser,
// mfa,originLength,userLength,origin,user,data]`, a JSON array. The lengths let a read look at the
// numbers alone: what follows them is parsed when asked for.

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
  /** JSON text of an {@link Origin}: only lists ask for it. */
  origin: string;
}

/** `User-Agent` and address at creation or login. */
export interface Origin {
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

/** Longer texts are taken apart each time, so that what is remembered stays small. */
const MAX_REMEMBERED = 2_048;

/** The last text that was taken apart, and what it says. */
export interface DecodedSession {
  text: string;
  content: SessionContent | null;
}

/**
 * Takes a record apart; `null` for one that is no session, or whose time is over.
 *
 * @param last Saves the work when the record still says the same; brought up to date.
 */
export function openRecord(
  record: StoredRecord,
  now: number,
  last: DecodedSession | null = null,
): StoredSession | null {
  const { data } = record;
  const content = last?.text === data ? last.content : decodeSession(data);
  if (last !== null && last.text !== data && data.length <= MAX_REMEMBERED) {
    Object.assign(last, { text: data, content });
  }
  if (content === null) return null;
  // A visit that was under way during a login may have raised `record.expiresAt` beyond the end
  // that the login chose. The head can't be raised, so it has the last word.
  // Nor does a visit count that a clock dated ahead before it was put right.
  const seenAt = Math.min(record.seenAt, now);
  const expiresAt = Math.min(record.expiresAt, expiryOf(content.head, seenAt));
  if (now >= expiresAt) return null;
  return { record: expiresAt === record.expiresAt ? record : { ...record, expiresAt }, content };
}

/** The head of a session that begins with this request. */
export function newHead(exchange: Exchange, lifetimes: Lifetimes, startedAt: number): SessionHead {
  const agent = (exchange.getHeader("user-agent") ?? "").slice(0, 200);
  const origin = JSON.stringify({ agent, ip: exchange.ip });
  return { generation: 1, startedAt, ...lifetimes, mfa: false, origin };
}

export function encodeSession({ head, user, data }: SessionContent): string {
  const { generation, startedAt, lifetimeMs, idleMs, browser, mfa, origin } = head;
  const flags = [Number(browser), Number(mfa)];
  const numbers = [generation, startedAt, lifetimeMs, idleMs ?? 0, ...flags];
  // Joined, not concatenated: V8 would keep a text made of pieces in pieces, four times as large,
  // for as long as it is in a store in memory.
  return ["[1", ...numbers, origin.length, user.length, origin, user, `${data}]`].join(",");
}

const shape = /^\[1,(\d+),(\d+),(\d+),(\d+),([01]),([01]),(\d{1,6}),(\d{1,9}),/;

/** `null` for text that is not a session of this format. */
function decodeSession(text: string): SessionContent | null {
  const match = shape.exec(text);
  if (match === null) return null;
  const [prefix, generation, startedAt, lifetimeMs, idleMs, browser, mfa] = match;
  const originStart = prefix.length;
  const userStart = originStart + Number(match[7]) + 1;
  const dataStart = userStart + Number(match[8]) + 1;
  if (text[userStart - 1] !== "," || text[dataStart - 1] !== "," || text.at(-1) !== "]")
    return null;
  const head: SessionHead = {
    generation: Number(generation),
    startedAt: Number(startedAt),
    lifetimeMs: Number(lifetimeMs),
    idleMs: Number(idleMs) || null,
    browser: browser === "1",
    mfa: mfa === "1",
    origin: text.slice(originStart, userStart - 1),
  };
  return { head, user: text.slice(userStart, dataStart - 1), data: text.slice(dataStart, -1) };
}

/** Where a session was begun, or its user logged in. */
export function originOf(head: SessionHead): Origin {
  const { agent, ip } = parseObject(head.origin);
  return {
    agent: typeof agent === "string" ? agent : "",
    ip: typeof ip === "string" ? ip : "",
  };
}

/** The absolute end: nothing lengthens a session beyond it. Epoch ms. */
export function endOf(head: SessionHead): number {
  return head.startedAt + head.lifetimeMs;
}

/** Expiry from this moment on: the absolute end, or sooner when there is an idle timeout. */
export function expiryOf(head: SessionHead, now: number): number {
  const end = endOf(head);
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

// With `null` itself as prototype V8 keeps an object as a hash table, twice as slow to write as JSON.
const noKeys: object = Object.freeze(Object.create(null));

/** An object from JSON text that inherits nothing, so that no key is special. */
export function parseObject<T extends object = Record<string, unknown>>(text: string): T {
  return copyObject<T>(fromJson(text));
}

/** A copy of an object's own members that inherits nothing. */
export function copyObject<T extends object>(object: T): T {
  return Object.assign(Object.create(noKeys), object);
}
