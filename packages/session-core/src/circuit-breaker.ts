// Stops asking what keeps failing, and finds out when it is back.

const FAILURES = 3;
const FAILING_MS = 800;
const PAUSE_MS = 500;

/** One call that was let through; exactly one of these is to be called. */
export interface Attempt {
  succeeded(): void;
  failed(): void;
}

export class CircuitBreaker {
  readonly #now: () => number;
  #failures = 0;
  /** When the first of the present failures began. */
  #failingSince = Infinity;
  #succeededAt = -Infinity;
  /** No call before this, except the ones under way. */
  #closedUntil: number | null = null;

  /** @param now A clock in milliseconds that never goes back. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** `null` refuses the call. */
  enter(): Attempt | null {
    const beganAt = this.#now();
    if (this.#closedUntil !== null) {
      if (beganAt < this.#closedUntil) return null;
      this.#closedUntil = beganAt + PAUSE_MS; // This one finds out; the others wait for it.
    }
    return { succeeded: () => this.#reset(), failed: () => this.#count(beganAt) };
  }

  #reset(): void {
    this.#failures = 0;
    this.#failingSince = Infinity;
    this.#succeededAt = this.#now();
    this.#closedUntil = null;
  }

  #count(beganAt: number): void {
    const now = this.#now();
    this.#failures += 1;
    // One call that hung among others that went well is no outage.
    const since = Math.max(beganAt, this.#succeededAt);
    this.#failingSince = Math.min(this.#failingSince, since);
    if (this.#failures < FAILURES && now - this.#failingSince < FAILING_MS) return;
    this.#closedUntil = now + PAUSE_MS;
  }
}
