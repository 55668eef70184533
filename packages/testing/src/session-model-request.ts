// One request of the session model: does its steps, and holds each answer against the ledger.
import type { Sessions } from "@latchkey/session-core";
import { type Attempt, attempt } from "./session-model-attempt.ts";
import { logOut, revoke, revokeAll } from "./session-model-endings.ts";
import { Holding } from "./session-model-holding.ts";
import type { Ledger, Mark, Write } from "./session-model-ledger.ts";
import type { Data, Jar, Opened, User, World } from "./session-model-open.ts";
import { LIMITS, type Step } from "./session-model-plan.ts";

export class ModelRequest {
  readonly #world: World;
  readonly #ledger: Ledger;
  readonly #sessions: Sessions<User, Data>;
  readonly #name: string;
  readonly #session: Opened["session"];
  readonly #opened: Opened;
  readonly #holding: Holding;

  constructor(world: World, sessions: Sessions<User, Data>, name: string, opened: Opened) {
    this.#world = world;
    this.#ledger = world.ledger;
    this.#sessions = sessions;
    this.#name = name;
    this.#session = opened.session;
    this.#opened = opened;
    this.#holding = new Holding(world.ledger, name, opened);
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
        this.#holding.set(step.key);
        return Promise.resolve();
      case "save":
        return this.#writing(() => this.#session.save());
      case "increment":
        return this.#increment();
      case "login":
        return this.#login(users[step.user], step.limits);
      case "logout":
        return logOut(this.#ledger, this.#holding, this.#session);
      case "revoke":
        return revoke(this.#ledger, this.#holding.life, this.#sessions);
      case "revokeAll":
        return revokeAll(this.#ledger, users[step.user], this.#sessions);
      case "pass":
        return advance(step.ms);
    }
  }

  async #increment(): Promise<void> {
    const increment = { begun: this.#ledger.mark(), done: null };
    const counting = this.#holding.life?.contents.increments;
    counting?.push(increment);
    const add = (count: unknown): number => (typeof count === "number" ? count : 0) + 1;
    const answer = await this.#writing(() => this.#session.update("count", add), true);
    if (answer === null) {
      counting?.splice(counting.indexOf(increment), 1);
      return;
    }
    const contents = this.#holding.life?.contents;
    if (contents === undefined) return;
    if (counting === undefined) contents.increments.push(increment);
    Object.assign(increment, { done: this.#ledger.mark() });
    const value = Number(answer.value);
    this.#ledger.check(!contents.counted.has(value), `two increments both made ${value}`);
    contents.counted.add(value);
  }

  /** A call that writes what is pending, and perhaps more; `null` when it was refused. */
  async #writing<T>(call: () => Promise<T>, always = false): Promise<{ value: T } | null> {
    const { life } = this.#holding;
    const attempted = await this.#attempt(call);
    const { writes, begun, done, ended, outcome } = attempted;
    const anything = always || writes.length > 0;
    if (life !== null) this.#ledger.leave(life.account, anything && outcome.kind === "done");
    if (outcome.kind === "refused") {
      this.#holding.refused(outcome.error, attempted);
      return null;
    }
    if (anything) {
      this.#holding.checkAlive(life, ended);
      const now = life ?? this.#holding.bear({ user: null, limits: "long", begun, done });
      if (now !== null) this.#holding.wrote(writes, now.contents, done);
      this.#ledger.check(this.#session.id === now?.account.id, "a write that changed the id");
    }
    return { value: outcome.value };
  }

  #attempt<T>(call: () => Promise<T>): Promise<Attempt<T>> {
    const begin = (begun: Mark): Write[] => this.#holding.begin(begun);
    return attempt(this.#ledger, this.#holding.life, begin, call);
  }

  async #login(user: string, limits: keyof typeof LIMITS): Promise<void> {
    const { life } = this.#holding;
    const switches = life !== null && life.user !== null && life.user !== user;
    if (switches) this.#holding.drop();
    const rotation = { begun: this.#ledger.mark(), done: null };
    life?.rotations.push(rotation);
    const attempted = await this.#attempt(() => this.#session.login({ id: user }, LIMITS[limits]));
    const { writes, begun, done, ended, outcome } = attempted;
    const same = life !== null && this.#session.id === life.account.id;
    if (life !== null) this.#ledger.leave(life.account, same && outcome.kind === "done");
    if (outcome.kind === "refused") {
      life?.rotations.splice(life.rotations.indexOf(rotation), 1);
      this.#holding.refused(outcome.error, attempted);
      this.#ledger.check(
        life !== null && life.user !== null,
        "a login of an anonymous visitor failed",
      );
      return;
    }
    Object.assign(rotation, { done });
    const over = ended && (same || (life !== null && life.user !== null));
    this.#ledger.check(!over, `${this.#name}: a login went on with a session that had ended`);
    const next = this.#holding.bear({
      user,
      limits,
      begun,
      done,
      present: same ? life : undefined,
      contents: same && !switches ? life.contents : undefined,
    });
    if (next !== null) this.#holding.wrote(writes, next.contents, done);
    this.#ledger.check(this.#session.user?.id === user, "a login that shows another user");
  }

  async #commit(jar: Jar): Promise<void> {
    await this.#world.pause(`${this.#name} commit`);
    const answer = await this.#writing(() => this.#session.commit());
    if (answer === null) return;
    const { life } = this.#holding;
    if (life !== null) this.#ledger.visited(life, this.#opened.at, this.#ledger.mark());
    const cookie = this.#holding.readCookie();
    await this.#world.pause(`${this.#name} answered`);
    if (cookie !== null) jar.cookie = cookie === "" ? null : cookie;
  }
}
