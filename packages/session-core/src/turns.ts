// One thing at a time, in the order asked for; and what failed without anybody waiting for it.

import { WatchedPromise } from "./watched-promise.ts";

export class Turns {
  #last: Promise<void> | null = null;
  #unheard: Map<Promise<unknown>, unknown> | null = null;

  /** Whether anything is under way, or has failed unheard. */
  get busy(): boolean {
    return this.#last !== null || (this.#unheard !== null && this.#unheard.size > 0);
  }

  /** Does the work when all earlier work is done, whether that succeeded or not. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last === null ? work() : this.#last.then(work);
    const leave = (): void => {
      if (this.#last === turn) this.#last = null;
    };
    const turn: Promise<void> = result.then(leave, leave);
    this.#last = turn;
    return result;
  }

  /** The same for somebody who may not wait for it: then its failure is {@link throwUnheard}'s. */
  offer<T>(work: () => Promise<T>): Promise<T> {
    const result = this.take(work);
    const offered = new WatchedPromise(result, () => this.#unheard?.delete(result));
    result.catch((error: unknown) => {
      if (offered.heard) return;
      this.#unheard ??= new Map();
      this.#unheard.set(result, error);
    });
    return offered;
  }

  /** @throws The first of what failed unheard until now; the others are forgotten with it. */
  throwUnheard(): void {
    const failures = this.#unheard?.values() ?? [];
    this.#unheard = null;
    for (const error of failures) throw error;
  }
}
