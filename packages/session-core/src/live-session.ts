// The session of one request: reads lazily, remembers what was changed, commits once.

import { CsrfGuard } from "./csrf-guard.ts";
import { type Duration, durationMs } from "./duration.ts";
import type { Exchange } from "./exchange.ts";
import type { KeyRing } from "./key-ring.ts";
import type { LoginLifetime, Session } from "./session.ts";
import { applyChanges, type Changes, changesSince, refresh } from "./session-changes.ts";
import type { ExchangeCookie } from "./session-cookie.ts";
import { SessionError } from "./session-error.ts";
import { type Lifetimes, resolveLifetimes } from "./session-lifetime.ts";
import { expiryOf, type SessionContent, type SessionHead, toJson } from "./session-record.ts";
import { formatSessionToken } from "./session-token.ts";
import {
  createRecord,
  type Draft,
  SESSION_PREFIX,
  type WriterContext,
  writeRecord,
} from "./session-writer.ts";
import type { StoredRecord } from "./store.ts";

/** What all sessions of an application share. */
export interface SessionContext extends WriterContext {
  ring: KeyRing;
  cookie: ExchangeCookie;
  /** Ties the forms of a browser without a session to that browser. */
  visitorCookie: ExchangeCookie;
  lifetimes: Lifetimes;
  /** A visit is recorded at most this often. */
  touchEveryMs: number;
}

/** A record as it was read, with its content taken apart. */
export interface Loaded<User> {
  record: StoredRecord;
  content: SessionContent;
  /** From `loadUser`; `undefined` uses the snapshot. */
  user: User | undefined;
}

const noChanges: Changes = new Map();
const EMPTY = "{}";

export class LiveSession<User extends { id: string }, Data extends object>
  implements Session<User, Data>
{
  readonly #context: SessionContext;
  readonly #exchange: Exchange;
  readonly #openedAt: number;
  #record: StoredRecord | null;
  #content: SessionContent | null;
  #user: User | null | undefined;
  #data: Partial<Data> | undefined;
  #cookie: "keep" | "write" | "clear" = "keep";
  #countsAsVisit = true;
  #headSent = false;
  readonly #csrf: CsrfGuard;

  constructor(context: SessionContext, exchange: Exchange, loaded: Loaded<User> | null) {
    this.#context = context;
    this.#exchange = exchange;
    this.#openedAt = context.now();
    this.#record = loaded?.record ?? null;
    this.#content = loaded?.content ?? null;
    this.#user = loaded?.user;
    this.#csrf = new CsrfGuard(context, exchange);
  }

  get id(): string | null {
    return this.#record === null ? null : this.#record.id.slice(SESSION_PREFIX.length);
  }

  get user(): User | null {
    this.#user ??= this.#content === null ? null : parse<User | null>(this.#content.user);
    return this.#user;
  }

  get mfa(): boolean {
    return this.#content?.head.mfa ?? false;
  }

  get data(): Partial<Data> {
    this.#data ??= parseData<Data>(this.#content?.data ?? EMPTY);
    return this.#data;
  }

  get createdAt(): number {
    return this.#record?.createdAt ?? this.#openedAt;
  }

  get lastSeenAt(): number {
    return this.#record?.seenAt ?? this.#openedAt;
  }

  get expiresAt(): number {
    return this.#record?.expiresAt ?? expiryOf(this.#head(), this.#openedAt);
  }

  visitedWithin(maxAge: Duration): boolean {
    if (this.#record === null) return false;
    const fresh = this.#openedAt - this.#record.seenAt <= durationMs(maxAge, "maxAge");
    if (!fresh) this.#countsAsVisit = false;
    return fresh;
  }

  async save(): Promise<void> {
    const changes = this.#changes();
    if (changes.size === 0) return;
    await this.#write(changes, (draft) => draft);
  }

  async update<K extends keyof Data & string>(
    key: K,
    change: (current: Data[K] | undefined) => Data[K],
  ): Promise<Data[K]> {
    let result: { value: Data[K] } | null = null;
    await this.#write(this.#changes(), (draft) => {
      const value = change(parseData<Data>(draft.content.data)[key]);
      result = { value };
      const data = applyChanges(draft.content.data, new Map([[key, toJson(value) ?? null]]));
      return { ...draft, content: { ...draft.content, data } };
    });
    return taken<{ value: Data[K] }>(result).value;
  }

  async login(user: User, options: LoginLifetime = {}): Promise<void> {
    if (typeof user?.id !== "string" || user.id === "") {
      throw new TypeError("login needs a user with an id: a string that is not empty");
    }
    this.#refuseAfterHead();
    const lifetimes = resolveLifetimes(options, this.#context.lifetimes);
    const userText = taken(toJson(user));
    const enter = (draft: Draft): Draft => {
      const before = parse<User | null>(draft.content.user);
      const keep = before === null || before.id === user.id;
      const generation = draft.content.head.generation + 1;
      const head = { ...this.#newHead(lifetimes), generation, mfa: options.mfa ?? false };
      const data = keep ? draft.content.data : EMPTY;
      return { owner: SESSION_PREFIX + user.id, content: { head, user: userText, data } };
    };
    const changes = this.#changes();
    try {
      await this.#write(changes, enter);
    } catch (error) {
      if (!(error instanceof SessionError) || error.code !== "ERR_SESSION_ENDED") throw error;
      // Whoever proves who they are gets a session, whatever became of the one before.
      // Only what this very request wrote goes along.
      this.#forget();
      const data: object = this.#data ?? {};
      for (const key of Object.keys(data)) if (!changes.has(key)) Reflect.deleteProperty(data, key);
      await this.#write(changes, enter);
    }
    this.#user = undefined;
    this.#cookie = "write";
  }

  async logout(): Promise<void> {
    if (this.#record === null) return;
    await this.#context.store.delete(this.#record.id);
    this.#forget();
    this.#data = undefined;
    this.#cookie = "clear";
  }

  csrfToken(): string {
    const binding = this.#binding();
    // An anonymous form needs a cookie of its own, and a cookie needs the head.
    if (binding === null) this.#refuseAfterHead();
    return this.#csrf.token(binding);
  }

  checkCsrf(token: string | undefined): boolean {
    return this.#csrf.check(this.#binding(), this.user === null, token);
  }

  /** Whether {@link commit} has anything to do; without a store call. */
  needsCommit(): boolean {
    return this.#cookie !== "keep" || this.#touchDue() || this.#changes().size > 0;
  }

  /** Writes what changed, or the visit; then the cookie. To be called before the head is sent. */
  async commit(): Promise<void> {
    await this.save();
    if (this.#record !== null && this.#content !== null && this.#touchDue()) {
      const now = this.#context.now();
      const { id } = this.#record;
      await this.#context.store.touch(id, now, expiryOf(this.#content.head, now));
      this.#countsAsVisit = false; // Once is enough, also when the body ends later.
    }
    if (this.#cookie === "write") this.#writeCookie();
    if (this.#cookie === "clear") this.#context.cookie.clear(this.#exchange);
    this.#cookie = "keep";
    this.sealHead();
  }

  /** From now on no cookie can be sent: what would need one is refused. */
  sealHead(): void {
    this.#headSent = true;
  }

  #changes(): Changes {
    if (this.#data === undefined) return noChanges;
    return changesSince(this.#content?.data ?? EMPTY, this.#data);
  }

  async #write(changes: Changes, change: (draft: Draft) => Draft): Promise<void> {
    const apply = (draft: Draft): Draft => {
      const data = applyChanges(draft.content.data, changes);
      return change({ ...draft, content: { ...draft.content, data } });
    };
    const base = this.#record;
    let written: StoredRecord;
    let content: SessionContent | null = null;
    if (base === null) {
      this.#refuseAfterHead();
      const blank = { head: { ...this.#head(), generation: 0 }, user: "null", data: EMPTY };
      const draft = apply({ owner: null, content: blank });
      draft.content.head.generation ||= 1;
      content = draft.content;
      written = await createRecord(this.#context, draft);
      this.#cookie = "write";
    } else {
      written = await writeRecord(this.#context, base, this.#head().generation, (draft) => {
        const next = apply(draft);
        content = next.content;
        return next;
      });
    }
    const stored = taken<SessionContent>(content);
    if (this.#data !== undefined) {
      refresh(this.#data, changes, this.#content?.data ?? EMPTY, stored.data);
    }
    this.#record = written;
    this.#content = stored;
  }

  #touchDue(): boolean {
    if (this.#record === null || !this.#countsAsVisit) return false;
    return this.#openedAt - this.#record.seenAt >= this.#context.touchEveryMs;
  }

  #head(): SessionHead {
    return this.#content?.head ?? this.#newHead(this.#context.lifetimes);
  }

  #newHead(lifetimes: Lifetimes): SessionHead {
    const agent = (this.#exchange.getHeader("user-agent") ?? "").slice(0, 200);
    const startedAt = this.#context.now();
    return { generation: 1, startedAt, ...lifetimes, mfa: false, agent, ip: this.#exchange.ip };
  }

  #forget(): void {
    this.#record = null;
    this.#content = null;
    this.#user = null;
  }

  #refuseAfterHead(): void {
    if (!this.#headSent) return;
    throw new SessionError(
      "ERR_SESSION_LATE",
      "the response has begun without a session cookie; write to the session before the body",
    );
  }

  #writeCookie(): void {
    if (this.#record === null || this.#content === null || this.id === null) return;
    const { generation, browser, startedAt, lifetimeMs } = this.#content.head;
    const { ring, cookie, now } = this.#context;
    const name = cookie.nameFor(this.#exchange);
    const value = formatSessionToken(ring, name, { id: this.id, generation });
    const maxAge = browser ? null : Math.ceil((startedAt + lifetimeMs - now()) / 1000);
    cookie.write(this.#exchange, value, maxAge);
  }

  /** What this session's forms are tied to; it changes with every login. */
  #binding(): string | null {
    return this.#record === null ? null : `${this.id}.${this.#head().generation}`;
  }
}

// The two places where JSON becomes a caller's type: it was written as that type.
function parse<T>(text: string): T {
  return JSON.parse(text);
}

function parseData<Data extends object>(text: string): Partial<Data> {
  const data = Object.create(null);
  return Object.assign(data, JSON.parse(text));
}

function taken<T>(value: T | null | undefined): T {
  if (value === null || value === undefined)
    throw new TypeError("unreachable: nothing was written");
  return value;
}
