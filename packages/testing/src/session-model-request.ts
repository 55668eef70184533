// One request of the session model: does its steps, and holds each answer against the ledger.
import { SessionError, type Sessions } from "@latchkey/session-core";
import type { Contents, Ledger, Life, Mark, Write } from "./session-model-ledger.ts";
import type { Data, Jar, Opened, User, World } from "./session-model-open.ts";
import { whatOf } from "./session-model-open.ts";
import { LIMITS, LIMITS_MS, type Step } from "./session-model-plan.ts";

export class ModelRequest {
  readonly #world: World;
  readonly #ledger: Ledger;
  readonly #sessions: Sessions<User, Data>;
  readonly #name: string;
  readonly #session: Opened["session"];
  readonly #opened: Opened;
  /** What it holds now. */
  #life: Life | null;
  /** Values set and not written yet. */
  readonly #pending = new Map<string, string>();
  #sets = 0;
  /** What its response must do to the cookie. */
  #born = false;
  #ends = false;

  constructor(world: World, sessions: Sessions<User, Data>, name: string, opened: Opened) {
    this.#world = world;
    this.#ledger = world.ledger;
    this.#sessions = sessions;
    this.#name = name;
    this.#session = opened.session;
    this.#opened = opened;
    this.#life = opened.session.id === null ? null : opened.sent;
  }

  async run(steps: readonly Step[], jar: Jar): Promise<void> {
    for (const step of steps) {
      await this.#world.pause(`${this.#name} ${step.do}`);
      await this.#step(step);
    }
    await this.#commit(jar);
  }

  #step(step: Step): Promise<unknown> {
    const { users, advance } = this.#world;
    switch (step.do) {
      case "set":
        return this.#set(step.key);
      case "save":
        return this.#writing(() => this.#session.save());
      case "increment":
        return this.#increment();
      case "login":
        return this.#login(users[step.user], step.limits);
      case "logout":
        return this.#logout();
      case "revoke":
        return this.#revoke();
      case "revokeAll":
        return this.#revokeAll(users[step.user]);
      case "pass":
        return advance(step.ms);
    }
  }

  async #set(kind: "own" | "shared"): Promise<void> {
    this.#sets += 1;
    const key = kind === "own" ? `${this.#name}-${this.#sets}` : "shared";
    const value = `${this.#name}:${this.#sets}`;
    this.#session.data[key] = value;
    this.#pending.set(key, value);
  }

  async #increment(): Promise<void> {
    const increment = { begun: this.#ledger.mark(), done: null };
    const counting = this.#life?.contents.increments;
    counting?.push(increment);
    const add = (count: unknown): number => (typeof count === "number" ? count : 0) + 1;
    const answer = await this.#writing(() => this.#session.update("count", add), true);
    if (answer === null) {
      counting?.splice(counting.indexOf(increment), 1);
      return;
    }
    const contents = this.#life?.contents;
    if (contents === undefined) return;
    if (counting === undefined) contents.increments.push(increment);
    Object.assign(increment, { done: this.#ledger.mark() });
    const value = Number(answer.value);
    this.#ledger.check(!contents.counted.has(value), `two increments both made ${value}`);
    contents.counted.add(value);
  }

  /** A call that writes what is pending, and perhaps more; `null` when it was refused. */
  async #writing<T>(call: () => Promise<T>, always = false): Promise<{ value: T } | null> {
    const life = this.#life;
    const begun = this.#ledger.mark();
    const writes = this.#begin(begun);
    const anything = always || writes.length > 0;
    const ended = life !== null && this.#ledger.hasEnded(life, begun);
    const idleEnd = life === null ? 0 : this.#ledger.idleEnd(life);
    if (life !== null) this.#ledger.enter(life.account);
    const outcome = await settle(call);
    const done = this.#ledger.mark();
    if (life !== null) this.#ledger.leave(life.account, anything && outcome.kind === "done");
    if (outcome.kind === "refused") {
      for (const write of writes) this.#ledger.refused(write);
      this.#checkRefusal(outcome.error, done, idleEnd);
      return null;
    }
    if (anything) {
      const law = "acknowledged a write of a session that had ended before";
      this.#ledger.check(!ended, `${this.#name} ${law}: ${life === null ? "" : whatOf(life)}`);
      const now = life ?? this.#bear(null, "long", begun, done);
      if (now !== null) this.#wrote(writes, now.contents, done);
      this.#ledger.check(this.#session.id === now?.account.id, "a write that changed the id");
    }
    return { value: outcome.value };
  }

  async #login(user: string, limits: keyof typeof LIMITS): Promise<void> {
    const life = this.#life;
    const switches = life !== null && life.user !== null && life.user !== user;
    if (switches) this.#pending.clear();
    const begun = this.#ledger.mark();
    const writes = this.#begin(begun);
    const ended = life !== null && this.#ledger.hasEnded(life, begun);
    const idleEnd = life === null ? 0 : this.#ledger.idleEnd(life);
    const rotation = { begun, done: null };
    life?.rotations.push(rotation);
    if (life !== null) this.#ledger.enter(life.account);
    const outcome = await settle(() => this.#session.login({ id: user }, LIMITS[limits]));
    const done = this.#ledger.mark();
    const same = life !== null && this.#session.id === life.account.id;
    if (life !== null) this.#ledger.leave(life.account, same && outcome.kind === "done");
    if (outcome.kind === "refused") {
      life?.rotations.splice(life.rotations.indexOf(rotation), 1);
      for (const write of writes) this.#ledger.refused(write);
      this.#checkRefusal(outcome.error, done, idleEnd);
      this.#ledger.check(
        life !== null && life.user !== null,
        "a login of an anonymous visitor failed",
      );
      return;
    }
    Object.assign(rotation, { done });
    this.#ledger.check(
      !(ended && (same || life.user !== null)),
      `${this.#name}: a login went on with a session that had ended`,
    );
    const kept = same && !switches ? life.contents : undefined;
    const next = this.#bear(user, limits, begun, done, same ? life : undefined, kept);
    if (next !== null) this.#wrote(writes, next.contents, done);
    this.#ledger.check(this.#session.user?.id === user, "a login that shows another user");
  }

  async #logout(): Promise<void> {
    const ending = { begun: this.#ledger.mark(), done: null };
    this.#life?.account.endings.push(ending);
    await this.#session.logout();
    Object.assign(ending, { done: this.#ledger.mark() });
    if (this.#life !== null) this.#forget();
  }

  async #revoke(): Promise<void> {
    const life = this.#life;
    if (life === null || life.user === null) return;
    const ending = { begun: this.#ledger.mark(), done: null };
    life.account.endings.push(ending);
    const done = await this.#sessions.revoke(life.user, life.account.id);
    if (done) Object.assign(ending, { done: this.#ledger.mark() });
    else life.account.endings.splice(life.account.endings.indexOf(ending), 1);
  }

  async #revokeAll(user: string): Promise<void> {
    const revocation = this.#ledger.revocation(user);
    await this.#sessions.revokeAll(user);
    revocation.done = this.#ledger.mark();
  }

  async #commit(jar: Jar): Promise<void> {
    await this.#world.pause(`${this.#name} commit`);
    const answer = await this.#writing(() => this.#session.commit());
    if (answer === null) return;
    if (this.#life !== null) this.#ledger.visited(this.#life, this.#opened.at, this.#ledger.mark());
    const cookie = this.#readCookie();
    await this.#world.pause(`${this.#name} answered`);
    if (cookie !== null) jar.cookie = cookie === "" ? null : cookie;
  }

  /** The cookie of the response: a new one for a new life, a removal after an end, else none. */
  #readCookie(): string | null {
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

  #begin(begun: Mark): Write[] {
    return [...this.#pending].map(([key, value]) => this.#ledger.write(key, value, begun));
  }

  #wrote(writes: readonly Write[], contents: Contents, done: Mark): void {
    for (const write of writes) {
      Object.assign(write, { contents, done });
      this.#pending.delete(write.key);
      this.#ledger.check(
        this.#session.data[write.key] === write.value,
        "after a write, session.data holds something else than what was written",
      );
    }
  }

  /** A new life, of a new session or of the present one. */
  #bear(
    user: string | null,
    limits: keyof typeof LIMITS,
    begun: Mark,
    done: Mark,
    present?: Life,
    contents: Contents = { increments: [], counted: new Set() },
  ): Life | null {
    const { id } = this.#session;
    this.#ledger.check(id !== null, "a session that was written has no id");
    if (id === null) return null;
    this.#ledger.check(
      present !== undefined || !this.#ledger.isKnown(id),
      "a new session has the id of another one",
    );
    const account = present?.account ?? this.#ledger.account(id, begun, done);
    const limit = LIMITS_MS[limits];
    this.#life = {
      account,
      contents,
      user,
      birth: { begun, done },
      ...limit,
      rotations: [],
    };
    this.#born = true;
    this.#ends = false;
    return this.#life;
  }

  #forget(): void {
    this.#life = null;
    this.#born = false;
    this.#ends = true;
    this.#pending.clear();
    this.#ledger.check(Object.keys(this.#session.data).length === 0, "data is left after the end");
  }

  #checkRefusal(error: unknown, done: Mark, idleEnd: number): void {
    const ended = error instanceof SessionError && error.code === "ERR_SESSION_ENDED";
    if (!ended) {
      this.#ledger.check(false, `${this.#name} failed: ${String(error)}`);
      return;
    }
    const life = this.#life ?? this.#opened.sent;
    const reason = life !== null && this.#ledger.mayHaveEnded(life, done, idleEnd);
    this.#ledger.check(reason, `${this.#name} was refused, though nothing had ended its session`);
  }
}

type Outcome<T> = { kind: "done"; value: T } | { kind: "refused"; error: unknown };

async function settle<T>(call: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { kind: "done", value: await call() };
  } catch (error) {
    return { kind: "refused", error };
  }
}
