// One thing at a time, in the order asked for.

export class Turns {
  #last: Promise<void> | null = null;

  /** Whether anything is under way. */
  get busy(): boolean {
    return this.#last !== null;
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
}
