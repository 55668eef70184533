// What a request of the session model holds, by the ledger: a life or none, values that are not written
// yet, and what its response must do to the cookie.
import { SessionError } from "@latchkey/session-core";
import type { Attempt } from "./session-model-attempt.ts";
import type { Contents, Ledger, Life, Mark, Write } from "./session-model-ledger.ts";
import { type Opened, whatOf } from "./session-model-open.ts";
import { LIMITS_MS } from "./session-model-plan.ts";

/** A life that begins. */
export interface Birth {
  user: string | null;
  limits: keyof typeof LIMITS_MS;
  begun: Mark;
  done: Mark;
  /** The life that goes on under the same id. */
  present?: Life | undefined;
  contents?: Contents | undefined;
}

export class Holding {
  readonly #ledger: Ledger;
  readonly #name: string;
  readonly #opened: Opened;
  readonly #session: Opened["session"];
  #life: Life | null;
  /** Values set and not written yet. */
  readonly #pending = new Map<string, string>();
  #sets = 0;
  /** What its response must do to the cookie. */
  #born = false;
  #ends = false;

  constructor(ledger: Ledger, name: string, opened: Opened) {
    this.#ledger = ledger;
    this.#name = name;
    this.#opened = opened;
    this.#session = opened.session;
    this.#life = opened.session.id === null ? null : opened.sent;
  }

  get life(): Life | null {
    return this.#life;
  }

  set(kind: "own" | "shared"): void {
    this.#sets += 1;
    const key = kind === "own" ? `${this.#name}-${this.#sets}` : "shared";
    const value = `${this.#name}:${this.#sets}`;
    this.#session.data[key] = value;
    this.#pending.set(key, value);
  }

  /** Somebody else logs in: what was set is not theirs. */
  drop(): void {
    this.#pending.clear();
  }

  begin(begun: Mark): Write[] {
    return [...this.#pending].map(([key, value]) => this.#ledger.write(key, value, begun));
  }

  wrote(writes: readonly Write[], contents: Contents, done: Mark): void {
    for (const write of writes) {
      Object.assign(write, { contents, done });
      this.#pending.delete(write.key);
      this.#ledger.check(
        this.#session.data[write.key] === write.value,
        "after a write, session.data holds something else than what was written",
      );
    }
  }

  /** A call was refused: rightly, and what it was to write must not show anywhere. */
  refused(error: unknown, { writes, done, idleEnd }: Attempt<unknown>): void {
    for (const write of writes) this.#ledger.refused(write);
    const ended = error instanceof SessionError && error.code === "ERR_SESSION_ENDED";
    if (!ended) {
      this.#ledger.check(false, `${this.#name} failed: ${String(error)}`);
      return;
    }
    const life = this.#life ?? this.#opened.sent;
    const reason = life !== null && this.#ledger.mayHaveEnded(life, done, idleEnd);
    this.#ledger.check(reason, `${this.#name} was refused, though nothing had ended its session`);
  }

  /** A write went well that began when this life was over, or wasn't. */
  checkAlive(life: Life | null, ended: boolean): void {
    const law = "acknowledged a write of a session that had ended before";
    this.#ledger.check(!ended, `${this.#name} ${law}: ${life === null ? "" : whatOf(life)}`);
  }

  /** A new life, of a new session or of the present one. */
  bear({ user, limits, begun, done, present, contents }: Birth): Life | null {
    const { id } = this.#session;
    this.#ledger.check(id !== null, "a session that was written has no id");
    if (id === null) return null;
    this.#ledger.check(
      present !== undefined || !this.#ledger.isKnown(id),
      "a new session has the id of another one",
    );
    const account = present?.account ?? this.#ledger.account(id, begun, done);
    this.#life = {
      account,
      contents: contents ?? { increments: [], counted: new Set() },
      user,
      birth: { begun, done },
      ...LIMITS_MS[limits],
      rotations: [],
    };
    this.#born = true;
    this.#ends = false;
    return this.#life;
  }

  /** Its session was ended by the request itself. */
  forget(): void {
    if (this.#life === null) return;
    this.#life = null;
    this.#born = false;
    this.#ends = true;
    this.#pending.clear();
    this.#ledger.check(Object.keys(this.#session.data).length === 0, "data is left after the end");
  }

  /** The cookie of the response: a new one for a new life, a removal after an end, else none. */
  readCookie(): string | null {
    const [line, ...more] = this.#opened.lines;
    this.#ledger.check(more.length === 0, "two cookies in one response");
    const expected = this.#born || this.#ends;
    this.#ledger.check((line !== undefined) === expected, `a cookie out of place: ${line}`);
    const value = /^sid=([^;]*)/.exec(line ?? "")?.[1] ?? null;
    if (value === null || value === "" || this.#life === null) {
      this.#ledger.check(!this.#born || value !== "", "a new session without its cookie");
      return value;
    }
    this.#ledger.check(!this.#ledger.lives.has(value), "a login that gave an old cookie again");
    this.#ledger.lives.set(value, this.#life);
    return value;
  }
}
