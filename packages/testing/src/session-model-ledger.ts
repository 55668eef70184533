// What must be true of sessions, told from outside: from when each call began, when it was answered,
// and what the answer was. Knows nothing of records, versions or generations.
import { TOUCH_EVERY_MS } from "./session-model-plan.ts";

/** A moment: its place in the order of events, and the clock. */
export interface Mark {
  at: number;
  clock: number;
}

/** Something that takes a while. `done` is `null` while it is under way. */
interface Span {
  begun: Mark;
  done: Mark | null;
}

/** What one cookie stands for: from a login (or a first write) to the next login, or the end. */
export interface Life {
  account: Account;
  contents: Contents;
  user: string | null;
  birth: { begun: Mark; done: Mark };
  lifetimeMs: number;
  idleMs: number | null;
  /** Logins that put another life in its place. */
  rotations: Span[];
}

/** What stays from login to login, until somebody else logs in: the data. */
export interface Contents {
  increments: Span[];
  /** What they made. */
  counted: Set<number>;
}

/** What goes by one session id. */
export interface Account {
  id: string;
  /** Logouts and revocations. */
  endings: Span[];
  /** Calls under way that may record a visit. */
  busy: number;
  /** The clock when the first of these began, and whether one of them has written. */
  busyFrom: number | null;
  wrote: boolean;
  /** The last visit was recorded with a clock in this range. */
  visit: { from: number; to: number };
}

/** One key's new value on its way into the store. */
export interface Write extends Span {
  key: string;
  value: string;
  contents: Contents | null;
}

export class Ledger {
  readonly lives: Map<string, Life> = new Map();
  readonly #accounts = new Map<string, Account>();
  readonly #writes = new Map<string, Write>();
  readonly #revocations: (Span & { user: string })[] = [];
  readonly #now: () => number;
  #events = 0;
  violation: string | null = null;

  constructor(now: () => number) {
    this.#now = now;
  }

  mark(): Mark {
    this.#events += 1;
    return { at: this.#events, clock: this.#now() };
  }

  /** Keeps the first law that was broken. */
  check(holds: boolean, law: string): void {
    if (!holds) this.violation ??= law;
  }

  account(id: string, begun: Mark, done: Mark): Account {
    const known = this.#accounts.get(id);
    if (known !== undefined) return known;
    const account: Account = {
      id,
      endings: [],
      busy: 0,
      busyFrom: null,
      wrote: false,
      visit: { from: begun.clock, to: done.clock },
    };
    this.#accounts.set(id, account);
    return account;
  }

  isKnown(id: string): boolean {
    return this.#accounts.has(id);
  }

  revocation(user: string): Span {
    const revocation = { user, begun: this.mark(), done: null };
    this.#revocations.push(revocation);
    return revocation;
  }

  /** A write that is under way from now on. */
  write(key: string, value: string, begun: Mark): Write {
    const write = { key, value, contents: null, begun, done: null };
    this.#writes.set(value, write);
    return write;
  }

  /** A write that was refused, and must not show anywhere. */
  refused(write: Write): void {
    if (this.#writes.get(write.value) === write) this.#writes.delete(write.value);
  }

  /** A call that may record a visit begins. */
  enter(account: Account): void {
    account.busy += 1;
    account.busyFrom ??= this.#now();
  }

  /** That call is over, and has written or not. */
  leave(account: Account, wrote: boolean): void {
    account.busy -= 1;
    account.visit.to = Math.max(account.visit.to, this.#now());
    account.wrote ||= wrote;
    if (account.busy > 0) return;
    // Whichever write came last has set the visit, to a time since the first of them began.
    if (account.wrote && account.busyFrom !== null) account.visit.from = account.busyFrom;
    account.wrote = false;
    account.busyFrom = null;
  }

  /** The end of a request records its visit, if the session is still there for certain. */
  visited(life: Life, opened: Mark, done: Mark): void {
    const { account } = life;
    if (account.busy > 0 || this.mayHaveEnded(life, done)) return;
    account.visit.from = Math.max(account.visit.from, opened.clock - TOUCH_EVERY_MS);
  }

  /** Whether it is certain that a life was over at this moment. */
  hasEnded(life: Life, by: Mark): boolean {
    const { account, birth, user } = life;
    const over = ({ done }: Span): boolean => done !== null && done.at < by.at;
    if (account.endings.some(over) || life.rotations.some(over)) return true;
    const revoked = (r: Span & { user: string }): boolean =>
      r.user === user && r.begun.at > birth.done.at && over(r);
    if (this.#revocations.some(revoked)) return true;
    const idleEnd = account.busy > 0 ? Infinity : account.visit.to + (life.idleMs ?? Infinity);
    return by.clock >= Math.min(birth.done.clock + life.lifetimeMs, idleEnd);
  }

  /**
   * Whether a life could be over at this moment: something that ends it has at least begun.
   *
   * @param idleEnd What {@link idleEnd} was when the call began, which may work on what it read then.
   */
  mayHaveEnded(life: Life, by: Mark, idleEnd: number = this.idleEnd(life)): boolean {
    const { account, birth, user } = life;
    const begun = (span: Span): boolean => span.begun.at < by.at;
    if (account.endings.some(begun) || life.rotations.some(begun)) return true;
    const revoked = (r: Span & { user: string }): boolean =>
      r.user === user && begun(r) && (r.done === null || r.done.at > birth.begun.at);
    if (this.#revocations.some(revoked)) return true;
    return by.clock >= Math.min(birth.begun.clock + life.lifetimeMs, idleEnd, this.idleEnd(life));
  }

  /** Until when a life isn't over for want of visits: for certain, from what is known now. */
  idleEnd({ account, idleMs }: Life): number {
    if (idleMs === null) return Infinity;
    return account.busy > 0 ? -Infinity : account.visit.from + idleMs;
  }

  /** Whether the data that a request sees can be what a session holds. */
  checkData(contents: Contents, data: Record<string, unknown>, from: Mark, to: Mark): void {
    const before = (span: Span): boolean => span.done !== null && span.done.at < from.at;
    const counted = contents.increments.filter(before).length;
    const counting = contents.increments.filter(({ begun }) => begun.at < to.at).length;
    const count = typeof data["count"] === "number" ? data["count"] : 0;
    this.check(count >= counted, `an acknowledged increment is lost: ${count} of ${counted}`);
    this.check(count <= counting, `an increment counted twice: ${count} of ${counting}`);

    const acknowledged = [...this.#writes.values()].filter(
      (write) => write.contents === contents && before(write),
    );
    for (const { key, value } of acknowledged) {
      this.check(data[key] !== undefined, `an acknowledged write is lost: ${key} = ${value}`);
    }
    for (const [key, value] of Object.entries(data)) {
      if (key === "count") continue;
      const source = this.#writes.get(String(value));
      if (source === undefined || source.key !== key) {
        this.check(false, `a value that was refused, or never written: ${key} = ${String(value)}`);
        continue;
      }
      const { done } = source;
      this.check(
        source.contents === null || source.contents === contents,
        `a value of another session: ${key} = ${source.value}`,
      );
      const newer = acknowledged.find(
        (write) => write.key === key && done !== null && write.begun.at > done.at,
      );
      this.check(newer === undefined, `${key} = ${source.value} is back, over ${newer?.value}`);
    }
  }
}
