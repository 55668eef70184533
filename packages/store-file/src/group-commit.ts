// Decides when changes go to the disk: before they are answered, many of them in one write of the
// file, or after an interval.
import { setImmediate as nextTick } from "node:timers/promises";
import { type StoredRecord, StoreError } from "@latchkey/session-core";
import { replaceFile, syncFolder } from "./data-file.ts";
import { Draft, type Records } from "./draft.ts";

export interface GroupCommitOptions {
  readonly path: string;
  /** `null`: a change is answered once it is on the disk. */
  readonly flushMs: number | null;
  /** Hears of a failed write in the background. */
  readonly onError: (error: unknown) => void;
}

/** One change that waits for the disk. */
interface Job {
  run(draft: Draft): void;
  /** Answers it, once the draft it ran on is on the disk. */
  settle(): void;
  fail(error: unknown): void;
}

/** When to try again if a write failed in a way that leaves open what is on the disk. */
const RETRY_MS = 5_000;

export class GroupCommit {
  readonly #records: Records;
  readonly #options: GroupCommitOptions;
  #queue: Job[] = [];
  #working = false;
  /** A draft with changes is being written: nothing else may change the records. */
  #drafting = false;
  /** The records differ from the file, or may. */
  #dirty = false;
  /** The last write failed: until one succeeds, every change waits for the disk. */
  #failed = false;
  #ended = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(records: Records, options: GroupCommitOptions) {
    this.#records = records;
    this.#options = options;
  }

  /**
   * Runs one atomic change. It may throw, but not after it has changed a live record.
   *
   * @throws {StoreError} `ERR_STORE_UNAVAILABLE` when it had to wait for the disk and that failed;
   * then it has not happened.
   */
  async change<T>(operation: (draft: Draft) => T): Promise<T> {
    const mayWait = this.#options.flushMs !== null && !this.#failed && !this.#drafting;
    if (!mayWait) return this.#queued(operation);
    const draft = new Draft(this.#records);
    const answer = operation(draft);
    if (draft.changed) {
      draft.apply();
      this.#dirty = true;
      this.#schedule();
    }
    return answer;
  }

  /** Everything answered so far is on the disk once this resolves. */
  async flush(): Promise<void> {
    await this.#queued(() => {});
  }

  /** The last flush; nothing is written after it. */
  async end(): Promise<void> {
    this.#ended = true;
    try {
      await this.flush();
    } finally {
      clearTimeout(this.#timer);
    }
  }

  #queued<T>(operation: (draft: Draft) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let answer: () => void = () => {};
      this.#queue.push({
        run: (draft) => {
          try {
            const value = operation(draft);
            answer = () => resolve(value);
          } catch (error) {
            reject(error);
          }
        },
        settle: () => answer(),
        fail: reject,
      });
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (this.#queue.length > 0) {
      await nextTick(); // What else comes in this tick shares the write.
      await this.#round();
    }
    this.#working = false;
  }

  /** Writes everything that waits at once, and answers it. */
  async #round(): Promise<void> {
    const jobs = this.#queue;
    this.#queue = [];
    const draft = new Draft(this.#records);
    for (const job of jobs) job.run(draft);
    try {
      if (this.#dirty || draft.changed) await this.#write(draft);
      for (const job of jobs) job.settle();
    } catch (cause) {
      const message = `the store file can't be written: ${this.#options.path}`;
      const error = new StoreError("ERR_STORE_UNAVAILABLE", message, { cause });
      for (const job of jobs) job.fail(error);
    }
  }

  async #write(draft: Draft): Promise<void> {
    const { path } = this.#options;
    const records: StoredRecord[] = [...draft.values()];
    const wasDirty = this.#dirty;
    this.#dirty = false;
    this.#drafting = draft.changed;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    let replaced = false;
    try {
      await replaceFile(path, records);
      replaced = true;
      await syncFolder(path);
      draft.apply();
      this.#failed = false;
    } catch (error) {
      this.#failed = true;
      this.#dirty ||= wasDirty || replaced;
      throw error;
    } finally {
      this.#drafting = false;
      if (this.#dirty) this.#schedule();
    }
  }

  #schedule(): void {
    if (this.#ended) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.flush().catch((error: unknown) => this.#report(error));
    }, this.#options.flushMs ?? RETRY_MS);
    if (this.#failed) this.#timer.unref(); // A disk that stays full must not keep the process from ending.
  }

  /** Nobody waits for this flush: what the application's own function fails with would end the process. */
  #report(error: unknown): void {
    const say = (own: unknown): void => {
      console.error("flush failed:", error, "and so did its onError:", own);
    };
    try {
      Promise.resolve(this.#options.onError(error)).catch(say);
    } catch (own) {
      say(own);
    }
  }
}
