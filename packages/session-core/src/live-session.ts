// The session of one request: what a handler may do with it, one thing at a time.

import { CsrfGuard } from "./csrf-guard.ts";
import { type Duration, durationMs } from "./duration.ts";
import type { Exchange } from "./exchange.ts";
import { HeldSession, type HolderContext } from "./held-session.ts";
import type { JUST_ROTATED, LoadedSession } from "./load-session.ts";
import type { LoginLifetime, Session } from "./session.ts";
import type { Changes } from "./session-changes.ts";
import type { ExchangeCookie } from "./session-cookie.ts";
import { resolveLifetimes } from "./session-lifetime.ts";
import { endOf, expiryOf, parseObject, toJson } from "./session-record.ts";
import { type Draft, SESSION_PREFIX, withChanges } from "./session-writer.ts";
import { StoreError } from "./store.ts";
import { Turns } from "./turns.ts";

/** What all sessions of an application share. */
export interface SessionContext extends HolderContext {
  /** Ties the forms of a browser without a session to that browser. */
  visitorCookie: ExchangeCookie;
  /** A visit is recorded at most this often. */
  touchEveryMs: number;
}

/** The store failed a write: nobody is to wait for the same once more. */
interface Failure {
  error: StoreError;
  /** Of `data`, what was to be written. */
  changes: Changes;
}

export class LiveSession<User extends { id: string }, Data extends object>
  implements Session<User, Data>
{
  readonly #context: SessionContext;
  readonly #exchange: Exchange;
  readonly #openedAt: number;
  readonly #lastSeenAt: number;
  readonly #held: HeldSession<User, Data>;
  // Each write is computed from what the one before it left. Two first writes at once would make
  // two records, of which the browser would know one.
  readonly #turns = new Turns();
  #csrf: CsrfGuard | null = null;
  #failure: Failure | null = null;

  constructor(
    context: SessionContext,
    exchange: Exchange,
    loaded: LoadedSession<User, Data> | typeof JUST_ROTATED | null,
  ) {
    this.#context = context;
    this.#exchange = exchange;
    this.#openedAt = context.now();
    this.#held = new HeldSession(context, exchange, loaded);
    this.#lastSeenAt = this.#held.record.stored?.record.seenAt ?? this.#openedAt;
    // `session.cart = 1`, as other libraries have it, would be lost without a word: it is `data.cart`.
    Object.preventExtensions(this);
  }

  get id(): string | null {
    return this.#held.id;
  }

  get user(): User | null {
    return this.#held.user;
  }

  get mfa(): boolean {
    return this.#held.record.stored?.content.head.mfa ?? false;
  }

  get data(): Partial<Data> {
    return this.#held.record.data;
  }

  get createdAt(): number {
    return this.#held.record.stored?.record.createdAt ?? this.#openedAt;
  }

  get lastSeenAt(): number {
    return this.#lastSeenAt;
  }

  get expiresAt(): number {
    const { stored } = this.#held.record;
    return stored?.record.expiresAt ?? expiryOf(this.#held.newHead(), this.#openedAt);
  }

  /** Milliseconds that it lives on from this visit without another; `null` without an idle timeout. */
  get idleMs(): number | null {
    const head = this.#held.record.stored?.content.head;
    if (head === undefined || head.idleMs === null) return null;
    return Math.min(head.idleMs, endOf(head) - this.#openedAt);
  }

  visitedWithin(maxAge: Duration): boolean {
    const maxAgeMs = durationMs(maxAge, "maxAge");
    if (this.#held.record.stored === null) return false;
    const fresh = this.#openedAt - this.#lastSeenAt <= maxAgeMs;
    if (!fresh) this.#held.record.ignoreVisit();
    return fresh;
  }

  /** @param callback Other libraries call one; nobody would call this one, so it is refused. */
  save(callback?: never): Promise<void> {
    if (typeof callback === "function") {
      throw new TypeError("save takes no callback: it returns a promise");
    }
    return this.#turns.offer(async () => {
      if (this.#held.record.changes().size > 0) await this.#saveChanges();
    });
  }

  update<K extends keyof Data & string>(
    key: K,
    change: (current: Data[K] | undefined) => Data[K],
  ): Promise<Data[K]> {
    return this.#turns.offer(async () => {
      const results: { value: Data[K] }[] = [];
      const write = (draft: Draft): Draft => {
        const value = change(parseObject<Partial<Data>>(draft.content.data)[key]);
        if (value instanceof Promise) {
          value.catch(() => {}); // Else its rejection would end the process.
          throw new TypeError("update's function must return the value, not a promise of it");
        }
        results[0] = { value };
        return withChanges(draft, new Map([[key, toJson(value) ?? null]]));
      };
      await this.#remembered(() => this.#held.write(write));
      const [result] = results;
      if (result === undefined) throw new TypeError("unreachable: nothing was written");
      return result.value;
    });
  }

  login(user: User, options: LoginLifetime = {}): Promise<void> {
    // Not async itself: of what nobody waits for, the turns know.
    return this.#turns.offer(async () => {
      const text = typeof user?.id === "string" && user.id !== "" ? toJson(user) : undefined;
      if (text === undefined) {
        throw new TypeError("login needs a user with an id: a string that is not empty");
      }
      const lifetimes = resolveLifetimes(options, this.#context.lifetimes);
      const head = { ...this.#held.newHead(lifetimes), mfa: options.mfa ?? false };
      await this.#remembered(() => this.#held.enter(SESSION_PREFIX + user.id, text, head));
    });
  }

  logout(): Promise<void> {
    return this.#turns.offer(() => this.#remembered(() => this.#held.end()));
  }

  csrfToken(): string {
    return this.#guard().token(this.#binding());
  }

  checkCsrf(token: string | undefined): boolean {
    return this.#guard().check(this.#binding(), this.user === null, token);
  }

  /** Whether {@link commit} has anything to do; without a store call. */
  needsCommit(): boolean {
    return this.#turns.busy || this.#visitDue() || this.#held.due;
  }

  /**
   * Writes what changed, or the visit; then the cookie. To be called before the head is sent.
   *
   * @throws Also what a write of the handler failed with that nobody waited for.
   */
  async commit(): Promise<void> {
    await this.#turns.take(async () => {
      this.#turns.throwUnheard();
      const changes = this.#held.record.changes();
      if (changes.size > 0) {
        if (changes === this.#failure?.changes) throw this.#failure.error;
        await this.#saveChanges();
      }
    });
    await this.#turns.take(async () => {
      this.#turns.throwUnheard(); // Of what was begun meanwhile.
      if (this.#visitDue()) await this.#held.record.visit();
      // First, as it may be too large; and no write may come in between and be left out.
      await this.#held.sendRecord();
    });
    this.#held.sendCookie();
    this.sealHead();
  }

  /** From now on no cookie can be sent: what would need one is refused. */
  sealHead(): void {
    this.#held.sealHead();
  }

  #saveChanges(): Promise<void> {
    return this.#remembered(() => this.#held.write((draft) => draft));
  }

  /** Does a write, and remembers whether the store failed it. */
  async #remembered(write: () => Promise<void>): Promise<void> {
    const changes = this.#held.record.changes();
    try {
      await write();
      this.#failure = null;
    } catch (error) {
      if (error instanceof StoreError) this.#failure = { error, changes };
      throw error;
    }
  }

  #visitDue(): boolean {
    const { touchEveryMs } = this.#context;
    if (this.#failure !== null) return false; // The next request's will do.
    return this.#held.record.visitDue(this.#openedAt, touchEveryMs);
  }

  #guard(): CsrfGuard {
    const beforeCookie = (): void => this.#held.refuseAfterHead();
    this.#csrf ??= new CsrfGuard(this.#context, this.#exchange, beforeCookie);
    return this.#csrf;
  }

  /** What this session's forms are tied to; it changes with every login. */
  #binding(): string | null {
    const { stored } = this.#held.record;
    return stored === null ? null : `${this.id}.${stored.content.head.generation}`;
  }
}
