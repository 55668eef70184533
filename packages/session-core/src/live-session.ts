// The session of one request: what a handler may do with it, one thing at a time, and what becomes
// of the cookie.

import { CsrfGuard } from "./csrf-guard.ts";
import { type Duration, durationMs } from "./duration.ts";
import type { Exchange } from "./exchange.ts";
import type { RecordEnd } from "./exchange-store.ts";
import { HeldRecord } from "./held-record.ts";
import type { JsonMemo } from "./json-memo.ts";
import { JUST_ROTATED, type LoadedSession } from "./load-session.ts";
import { type CookieContext, ResponseCookie } from "./response-cookie.ts";
import type { LoginLifetime, Session } from "./session.ts";
import type { ExchangeCookie } from "./session-cookie.ts";
import { isEnded, sessionEnded } from "./session-error.ts";
import { type Lifetimes, resolveLifetimes } from "./session-lifetime.ts";
import {
  endOf,
  expiryOf,
  fromJson,
  newHead,
  parseObject,
  type SessionHead,
  toJson,
} from "./session-record.ts";
import { type Draft, SESSION_PREFIX, type WriterContext, withChanges } from "./session-writer.ts";
import { Turns } from "./turns.ts";

/** What all sessions of an application share. */
export interface SessionContext extends WriterContext, CookieContext {
  /** Ties the forms of a browser without a session to that browser. */
  visitorCookie: ExchangeCookie;
  lifetimes: Lifetimes;
  /** A visit is recorded at most this often. */
  touchEveryMs: number;
}

export class LiveSession<User extends { id: string }, Data extends object>
  implements Session<User, Data>
{
  readonly #context: SessionContext;
  readonly #exchange: Exchange;
  readonly #openedAt: number;
  readonly #lastSeenAt: number;
  readonly #held: HeldRecord<Data>;
  readonly #cookie: ResponseCookie;
  // Each write is computed from what the one before it left. Two first writes at once would make
  // two records, of which the browser would know one.
  readonly #turns = new Turns();
  readonly #userMemo: JsonMemo<User> | null;
  #user: User | null | undefined;
  #csrf: CsrfGuard | null = null;
  #countsAsVisit = true;
  #mayBegin: boolean;

  constructor(
    context: SessionContext,
    exchange: Exchange,
    loaded: LoadedSession<User, Data> | typeof JUST_ROTATED | null,
  ) {
    const stored = loaded === JUST_ROTATED ? null : loaded;
    this.#context = context;
    this.#exchange = exchange;
    this.#openedAt = context.now();
    this.#held = new HeldRecord(context, stored, stored?.token.data ?? null);
    this.#userMemo = stored?.token.user ?? null;
    this.#cookie = new ResponseCookie(context, exchange);
    this.#lastSeenAt = stored?.record.seenAt ?? this.#openedAt;
    this.#user = stored?.user;
    // A new anonymous session would put its cookie over the one that the login is just sending.
    this.#mayBegin = loaded !== JUST_ROTATED;
  }

  get id(): string | null {
    return this.#held.stored?.record.id.slice(SESSION_PREFIX.length) ?? null;
  }

  get user(): User | null {
    if (this.#user !== undefined) return this.#user;
    const { stored } = this.#held;
    const text = stored?.content.user ?? "null";
    const flat = text === "null" ? null : (this.#userMemo?.flat(text) ?? null);
    this.#user = flat === null ? fromJson<User | null>(text) : { ...flat };
    return this.#user;
  }

  get mfa(): boolean {
    return this.#held.stored?.content.head.mfa ?? false;
  }

  get data(): Partial<Data> {
    return this.#held.data;
  }

  get createdAt(): number {
    return this.#held.stored?.record.createdAt ?? this.#openedAt;
  }

  get lastSeenAt(): number {
    return this.#lastSeenAt;
  }

  get expiresAt(): number {
    return this.#held.stored?.record.expiresAt ?? expiryOf(this.#newHead(), this.#openedAt);
  }

  visitedWithin(maxAge: Duration): boolean {
    const maxAgeMs = durationMs(maxAge, "maxAge");
    if (this.#held.stored === null) return false;
    const fresh = this.#openedAt - this.#lastSeenAt <= maxAgeMs;
    if (!fresh) this.#countsAsVisit = false;
    return fresh;
  }

  save(): Promise<void> {
    return this.#turns.take(async () => {
      if (this.#held.changes().size > 0) await this.#write((draft) => draft);
    });
  }

  update<K extends keyof Data & string>(
    key: K,
    change: (current: Data[K] | undefined) => Data[K],
  ): Promise<Data[K]> {
    return this.#turns.take(async () => {
      const results: { value: Data[K] }[] = [];
      await this.#write((draft) => {
        const value = change(parseObject<Partial<Data>>(draft.content.data)[key]);
        if (value instanceof Promise) {
          throw new TypeError("update's function must return the value, not a promise of it");
        }
        results[0] = { value };
        return withChanges(draft, new Map([[key, toJson(value) ?? null]]));
      });
      const [result] = results;
      if (result === undefined) throw new TypeError("unreachable: nothing was written");
      return result.value;
    });
  }

  async login(user: User, options: LoginLifetime = {}): Promise<void> {
    const text = typeof user?.id === "string" && user.id !== "" ? toJson(user) : undefined;
    if (text === undefined) {
      throw new TypeError("login needs a user with an id: a string that is not empty");
    }
    const lifetimes = resolveLifetimes(options, this.#context.lifetimes);
    const head = { ...this.#newHead(lifetimes), mfa: options.mfa ?? false };
    await this.#turns.take(() => this.#enter(SESSION_PREFIX + user.id, text, head));
  }

  logout(): Promise<void> {
    return this.#turns.take(async () => {
      const { stored } = this.#held;
      if (stored === null) return;
      await this.#context.store.delete(stored.record.id);
      this.#held.drop();
      this.#user = null;
      this.#cookie.plan("clear");
    });
  }

  csrfToken(): string {
    return this.#guard().token(this.#binding());
  }

  checkCsrf(token: string | undefined): boolean {
    return this.#guard().check(this.#binding(), this.user === null, token);
  }

  /** Whether {@link commit} has anything to do; without a store call. */
  needsCommit(): boolean {
    if (this.#turns.busy || this.#cookie.due || this.#visitDue()) return true;
    if (this.#context.sealed?.due === true) return true;
    return this.#held.changes().size > 0;
  }

  /** Writes what changed, or the visit; then the cookie. To be called before the head is sent. */
  async commit(): Promise<void> {
    if (this.#turns.busy) await this.#turns.settled();
    await this.save();
    await this.#turns.take(async () => {
      if (this.#visitDue()) await this.#held.visit();
      const { sealed } = this.#context;
      if (sealed === null) return;
      // First, as it may be too large; and no write may come in between and be left out.
      await sealed.writeCookies(this.#end());
      sealed.sealHead();
    });
    this.#cookie.send(this.id, this.#held.stored);
    this.sealHead();
  }

  /** From now on no cookie can be sent: what would need one is refused. */
  sealHead(): void {
    this.#cookie.sealHead();
    this.#context.sealed?.sealHead();
  }

  async #write(
    change: (draft: Draft) => Draft,
    how: "replace" | "rotate" = "replace",
  ): Promise<void> {
    const { stored } = this.#held;
    if (stored !== null) return this.#held[how](stored, change);
    if (!this.#mayBegin) throw sessionEnded();
    this.#cookie.refuseAfterHead();
    await this.#held.create(this.#newHead(), change);
    this.#cookie.plan("write");
  }

  async #enter(owner: string, user: string, head: SessionHead): Promise<void> {
    this.#cookie.refuseAfterHead();
    this.#mayBegin = true;
    const before = this.#held.stored?.record.owner ?? null;
    const keep = before === null || before === owner;
    const enter = ({ content }: Draft): Draft => {
      const generation = content.head.generation + 1;
      const data = keep ? content.data : "{}";
      return { owner, content: { head: { ...head, generation }, user, data } };
    };
    try {
      await this.#write(enter, "rotate");
    } catch (error) {
      // Whoever proves who they are gets a session, whatever became of an anonymous one. But a
      // user's own session may be part of the proof: once ended, it doesn't begin again from here.
      if (before !== null || !isEnded(error)) throw error;
      this.#held.abandon();
      await this.#write(enter);
    }
    this.#user = undefined;
    this.#cookie.plan("write");
  }

  #visitDue(): boolean {
    return this.#countsAsVisit && this.#held.visitDue(this.#openedAt, this.#context.touchEveryMs);
  }

  #end(): RecordEnd | null {
    const head = this.#held.stored?.content.head;
    return head === undefined ? null : { endsAt: endOf(head), browser: head.browser };
  }

  #newHead(lifetimes: Lifetimes = this.#context.lifetimes): SessionHead {
    return newHead(this.#exchange, lifetimes, this.#context.now());
  }

  #guard(): CsrfGuard {
    const beforeCookie = (): void => this.#cookie.refuseAfterHead();
    this.#csrf ??= new CsrfGuard(this.#context, this.#exchange, beforeCookie);
    return this.#csrf;
  }

  /** What this session's forms are tied to; it changes with every login. */
  #binding(): string | null {
    const { stored } = this.#held;
    return stored === null ? null : `${this.id}.${stored.content.head.generation}`;
  }
}
