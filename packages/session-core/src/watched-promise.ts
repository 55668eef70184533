// A promise that knows whether anybody waits for it: `await`, `catch`, `finally` and `Promise.all` all
// come to `then`. Not as a property of a plain promise: `await` passes that by (ECMA-262, Await).

export class WatchedPromise<T> extends Promise<T> {
  /** What comes of it is a promise like any other. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  #heard = false;
  readonly #hear: () => void;

  /**
   * @param result What it comes to. If that is a failure, and nobody waits, the process lives on.
   * @param hear Called when somebody begins to wait.
   */
  constructor(result: Promise<T>, hear: () => void) {
    super((resolve, reject) => void result.then(resolve, reject));
    this.#hear = hear;
    super.then(null, () => {});
  }

  get heard(): boolean {
    return this.#heard;
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#heard = true;
    this.#hear();
    return super.then(onFulfilled, onRejected);
  }
}
