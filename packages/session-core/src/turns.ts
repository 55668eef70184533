// One thing at a time, in the order asked for.

export class Turns {
  #last: Promise<void> | null = null;
  #underWay: Set<Promise<unknown>> | null = null;

  /** Whether anything is under way. */
  get busy(): boolean {
    return this.#last !== null;
  }

  /**
   * Waits for what is under way now.
   *
   * @throws What some of it failed with: whoever began it may not have waited for it.
   */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay ?? []);
  }

  /** Does the work when all earlier work is done, whether that succeeded or not. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last === null ? work() : this.#last.then(work);
    this.#underWay ??= new Set();
    this.#underWay.add(result);
    const leave = (): void => {
      this.#underWay?.delete(result);
      if (this.#last === turn) this.#last = null;
    };
    const turn: Promise<void> = result.then(leave, leave);
    this.#last = turn;
    return result;
  }
}
