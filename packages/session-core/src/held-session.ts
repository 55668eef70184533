// The record of one request's session and the browser's cookie for it, which begin, change and end
// together.

import type { Exchange } from "./exchange.ts";
import type { RecordEnd } from "./exchange-store.ts";
import { HeldRecord } from "./held-record.ts";
import type { JsonMemo } from "./json-memo.ts";
import { JUST_ROTATED, type LoadedSession } from "./load-session.ts";
import { type CookieContext, ResponseCookie } from "./response-cookie.ts";
import { isEnded, sessionEnded } from "./session-error.ts";
import type { Lifetimes } from "./session-lifetime.ts";
import { endOf, fromJson, newHead, type SessionHead } from "./session-record.ts";
import { type Draft, SESSION_PREFIX, type WriterContext } from "./session-writer.ts";

/** What all sessions of an application share when they are written. */
export interface HolderContext extends WriterContext, CookieContext {
  lifetimes: Lifetimes;
}

/** Not to be asked for two things at once: each write is computed from what the one before it left. */
export class HeldSession<User extends { id: string }, Data extends object> {
  readonly record: HeldRecord<Data>;
  readonly #context: HolderContext;
  readonly #exchange: Exchange;
  readonly #cookie: ResponseCookie;
  readonly #userMemo: JsonMemo<User> | null;
  #user: User | null | undefined;
  #mayBegin: boolean;

  constructor(
    context: HolderContext,
    exchange: Exchange,
    loaded: LoadedSession<User, Data> | typeof JUST_ROTATED | null,
  ) {
    const stored = loaded === JUST_ROTATED ? null : loaded;
    this.#context = context;
    this.#exchange = exchange;
    this.record = new HeldRecord(context, stored, stored?.token.data ?? null);
    this.#cookie = new ResponseCookie(context, exchange);
    this.#userMemo = stored?.token.user ?? null;
    this.#user = stored?.user;
    // A new anonymous session would put its cookie over the one that the login is just sending.
    this.#mayBegin = loaded !== JUST_ROTATED;
  }

  get id(): string | null {
    return this.record.stored?.record.id.slice(SESSION_PREFIX.length) ?? null;
  }

  get user(): User | null {
    if (this.#user !== undefined) return this.#user;
    const text = this.record.stored?.content.user ?? "null";
    const flat = text === "null" ? null : (this.#userMemo?.flat(text) ?? null);
    this.#user = flat === null ? fromJson<User | null>(text) : { ...flat };
    return this.#user;
  }

  /** Whether anything waits to be stored or sent; without a store call. */
  get due(): boolean {
    if (this.#cookie.due || this.#context.sealed?.due === true) return true;
    return this.record.changes().size > 0;
  }

  /** The head of a session that would begin now. */
  newHead(lifetimes: Lifetimes = this.#context.lifetimes): SessionHead {
    return newHead(this.#exchange, lifetimes, this.#context.now());
  }

  /** Writes the next version of the record, or begins one. */
  async write(
    change: (draft: Draft) => Draft,
    how: "replace" | "rotate" = "replace",
  ): Promise<void> {
    const { stored } = this.record;
    if (stored !== null) return this.record[how](stored, change);
    if (!this.#mayBegin) throw sessionEnded();
    this.refuseAfterHead();
    await this.record.create(this.newHead(), change);
    this.#cookie.plan("write");
  }

  /** A login; the data stays unless it is another user's. */
  async enter(owner: string, user: string, head: SessionHead): Promise<void> {
    this.refuseAfterHead();
    this.#mayBegin = true;
    const before = this.record.stored?.record.owner ?? null;
    const keep = before === null || before === owner;
    const enter = ({ content }: Draft): Draft => {
      const generation = content.head.generation + 1;
      const data = keep ? content.data : "{}";
      return { owner, content: { head: { ...head, generation }, user, data } };
    };
    try {
      await this.write(enter, "rotate");
    } catch (error) {
      // Whoever proves who they are gets a session, whatever became of an anonymous one. But a
      // user's own session may be part of the proof: once ended, it doesn't begin again from here.
      if (before !== null || !isEnded(error)) throw error;
      this.record.abandon();
      await this.write(enter);
    }
    this.#user = undefined;
    this.#cookie.plan("write");
  }

  /** A logout. */
  async end(): Promise<void> {
    const { stored } = this.record;
    if (stored === null) return;
    await this.#context.store.delete(stored.record.id);
    this.record.drop();
    this.#user = null;
    this.#cookie.plan("clear");
  }

  /** Where cookies hold the record: adds them to the response. No write may come after it. */
  async sendRecord(): Promise<void> {
    const { sealed } = this.#context;
    if (sealed === null) return;
    await sealed.writeCookies(this.#end());
    sealed.sealHead();
  }

  /** Adds the session's own cookie to the response, if it is due. */
  sendCookie(): void {
    this.#cookie.send(this.id, this.record.stored);
  }

  /** From now on no cookie can be sent: what would need one is refused. */
  sealHead(): void {
    this.#cookie.sealHead();
    this.#context.sealed?.sealHead();
  }

  /** @throws {SessionError} `ERR_SESSION_LATE` once the response has begun. */
  refuseAfterHead(): void {
    this.#cookie.refuseAfterHead();
  }

  #end(): RecordEnd | null {
    const head = this.record.stored?.content.head;
    return head === undefined ? null : { endsAt: endOf(head), browser: head.browser };
  }
}
