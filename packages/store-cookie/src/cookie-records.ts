// The store of one request: the one record that its cookie holds, and what became of it. Everything
// is pending until the response's head is sent.

import {
  type Exchange,
  type ExchangeCookie,
  type ExchangeStore,
  type RecordEnd,
  SessionError,
  type StoredRecord,
} from "@latchkey/session-core";
import type { RevocationList } from "./revocation-list.ts";
import type { SealedRecord } from "./sealed-record.ts";
import type { Sealer } from "./sealer.ts";

/** What all requests of an application share. */
export interface CookieRecordsContext {
  sealer: Sealer;
  /** `null` where a copied cookie lives until it expires. */
  revocations: RevocationList | null;
  now: () => number;
}

interface Held {
  record: StoredRecord;
  /** `null` for one that no cookie has held yet: there is nothing to revoke. */
  endsAt: number | null;
  epoch: string;
}

export class CookieRecords implements ExchangeStore {
  readonly #context: CookieRecordsContext;
  readonly #exchange: Exchange;
  readonly #cookie: ExchangeCookie;
  /** `undefined` until someone asks for what the cookie holds. */
  #held: Held | null | undefined;
  #pending: "nothing" | "write" | "clear" = "nothing";
  #headSent = false;

  constructor(context: CookieRecordsContext, exchange: Exchange, cookie: ExchangeCookie) {
    this.#context = context;
    this.#exchange = exchange;
    this.#cookie = cookie;
  }

  get due(): boolean {
    return this.#pending !== "nothing" && !this.#headSent;
  }

  async get(id: string): Promise<StoredRecord | null> {
    await this.#check(id);
    const held = this.#holding(id);
    return held === null ? null : { ...held.record };
  }

  async create(record: StoredRecord): Promise<boolean> {
    this.#refuseAfterHead();
    if (this.#held?.record.id === record.id) return false;
    const epoch = await this.#epochOf(record);
    this.#write({ record, endsAt: null, epoch });
    return true;
  }

  async replace(next: StoredRecord): Promise<boolean> {
    this.#refuseAfterHead();
    await this.#check(next.id);
    const held = this.#holding(next.id);
    if (held?.record.version !== next.version - 1) return false;
    if (held.record.owner !== next.owner) throw new TypeError("only rotate changes an owner");
    this.#write({ ...held, record: { ...next, createdAt: held.record.createdAt } });
    return true;
  }

  async touch(id: string, seenAt: number, expiresAt: number): Promise<boolean> {
    this.#refuseAfterHead();
    await this.#check(id);
    const held = this.#holding(id);
    if (held === null) return false;
    const { record } = held;
    const raised = {
      seenAt: Math.max(record.seenAt, seenAt),
      expiresAt: Math.max(record.expiresAt, expiresAt),
    };
    this.#write({ ...held, record: { ...record, ...raised } });
    return true;
  }

  async delete(id: string): Promise<boolean> {
    const { revocations } = this.#context;
    // The copy in the browser is the session itself: without a list, it must go.
    if (revocations === null) this.#refuseAfterHead();
    await this.#read();
    const held = this.#holding(id);
    if (held === null) return false;
    const { endsAt } = held;
    const anonymous = held.record.owner === null;
    const ended =
      revocations === null || endsAt === null || (await revocations.end({ id, endsAt, anonymous }));
    this.#held = null;
    this.#pending = "clear";
    return ended;
  }

  async rotate(id: string, next: StoredRecord): Promise<boolean> {
    this.#refuseAfterHead();
    // Before the check: if they are all ended in between, the new one is ended with them.
    const epoch = await this.#epochOf(next);
    await this.#check(id);
    const held = this.#holding(id);
    if (held === null || !(await this.#putBehind(held, next))) return false;
    this.#write({ record: next, endsAt: null, epoch });
    return true;
  }

  async writeCookies(end: RecordEnd | null): Promise<void> {
    if (!this.due) return;
    const held = this.#held ?? null;
    if (held === null || end === null) {
      this.#cookie.clear(this.#exchange);
    } else {
      const sealed: SealedRecord = { ...held, endsAt: end.endsAt };
      const text = await this.#context.sealer.seal(this.#purpose(), sealed);
      const maxAge = end.browser ? null : Math.ceil((end.endsAt - this.#context.now()) / 1000);
      this.#cookie.write(this.#exchange, text, maxAge);
      this.#held = sealed;
    }
    this.#pending = "nothing";
  }

  sealHead(): void {
    this.#headSent = true;
  }

  /** Lets go of the record if something has ended it. */
  async #check(id: string): Promise<void> {
    if (this.#held === undefined) await this.#read();
    const { revocations } = this.#context;
    const held = this.#holding(id);
    if (held === null || revocations === null) return;
    const { owner } = held.record;
    if (!(await revocations.allows({ id, owner, epoch: held.epoch }))) this.#letGo();
  }

  /** The record, if it is this one and its time isn't over; at this very moment. */
  #holding(id: string): Held | null {
    const held = this.#held;
    if (held?.record.id !== id) return null;
    const over = Math.min(held.record.expiresAt, held.endsAt ?? Infinity);
    return this.#context.now() >= over ? null : held;
  }

  async #read(): Promise<void> {
    if (this.#held !== undefined) return;
    const text = this.#cookie.read(this.#exchange);
    const opened = text === null ? null : this.#context.sealer.open(this.#purpose(), text);
    const sent = opened instanceof Promise ? await opened : opened;
    if (this.#held === undefined) this.#held = sent;
  }

  async #putBehind({ record, endsAt }: Held, next: StoredRecord): Promise<boolean> {
    const { revocations } = this.#context;
    if (revocations === null || endsAt === null) return true;
    const ending = { id: record.id, endsAt, anonymous: next.owner === null };
    if (await revocations.replace(ending, next.id)) return true;
    this.#letGo();
    return false;
  }

  async #epochOf(begun: StoredRecord): Promise<string> {
    return (await this.#context.revocations?.begin(begun)) ?? "";
  }

  #write(held: Held): void {
    // Asking the list takes time, in which the response may have begun.
    this.#refuseAfterHead();
    this.#held = held;
    this.#pending = "write";
  }

  /** Another request has ended it, and may just have sent a new cookie: leave the browser's alone. */
  #letGo(): void {
    this.#held = null;
    this.#pending = "nothing";
  }

  /** The name, too: two applications with one secret don't share sessions. */
  #purpose(): string {
    return `session ${this.#cookie.nameFor(this.#exchange)}`;
  }

  #refuseAfterHead(): void {
    if (!this.#headSent) return;
    throw new SessionError(
      "ERR_SESSION_LATE",
      "the response has begun without the session's cookie; write to the session before the body",
    );
  }
}
