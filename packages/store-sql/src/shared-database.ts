// Many Kysely connections over one SQLite database. Single statements take turns by themselves, so
// a write that waits for another process holds up no read; a transaction has the database alone.
import { type DatabaseConnection, SqliteAdapter } from "kysely";
import type { BusyRetry } from "./busy-retry.ts";

/** Says that connections may be handed out side by side; {@link SharedDatabase} keeps them apart. */
export class SharedSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** A wait is counted in this many steps: when the whole process is held up, that is one of them. */
const STEPS = 20;

interface Waiting {
  resolve: () => void;
  reject: (error: Error) => void;
  steps: number;
}

export class SharedDatabase {
  readonly #inTransaction: () => boolean;
  readonly #retry: BusyRetry;
  readonly #waitMs: number;
  #owner: DatabaseConnection | null = null;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | null = null;

  /**
   * @param inTransaction Whether the database is in the middle of one.
   * @param retry For what another process's lock refuses.
   * @param waitMs Whoever waits for one owner for longer is refused: the owner may be waiting for it.
   */
  constructor(inTransaction: () => boolean, retry: BusyRetry, waitMs: number) {
    this.#inTransaction = inTransaction;
    this.#retry = retry;
    this.#waitMs = waitMs;
  }

  /** @param inner Runs a statement as soon as it is called, before its promise settles. */
  connect(inner: DatabaseConnection): DatabaseConnection {
    const executeQuery: DatabaseConnection["executeQuery"] = (query) =>
      this.#retry(async () => {
        // Looked at and used in one go: of several that waited, the first may begin a transaction.
        while (this.#isTaken(connection)) await this.#change();
        try {
          return inner.executeQuery(query);
        } finally {
          this.#settle(connection);
        }
      });
    const isTaken = (): boolean => this.#isTaken(connection);
    const change = (): Promise<void> => this.#change();
    const settle = (streaming: boolean): void => this.#settle(connection, streaming);
    const connection: DatabaseConnection = {
      executeQuery,
      async *streamQuery(query, chunkSize) {
        while (isTaken()) await change();
        settle(true);
        try {
          yield* inner.streamQuery(query, chunkSize);
        } finally {
          settle(false);
        }
      },
    };
    return connection;
  }

  /** Ends what a connection left open. */
  async release(connection: DatabaseConnection, rollback: () => Promise<void>): Promise<void> {
    if (this.#owner !== connection) return;
    if (this.#inTransaction()) await rollback();
    // After the rollback it may be another one's already.
    if (this.#owner === connection) this.#settle(connection);
  }

  #isTaken(connection: DatabaseConnection): boolean {
    return this.#owner !== null && this.#owner !== connection;
  }

  /** Waits until the present owner lets go. */
  #change(): Promise<void> {
    this.#timer ??= setInterval(() => this.#count(), this.#waitMs / STEPS);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject, steps: 0 }));
  }

  #count(): void {
    for (const waiting of this.#waiting) waiting.steps += 1;
    const tired = this.#waiting.filter(({ steps }) => steps > STEPS);
    this.#wait(this.#waiting.filter(({ steps }) => steps <= STEPS));
    for (const { reject } of tired) reject(taken(this.#waitMs));
  }

  #wait(waiting: Waiting[]): void {
    this.#waiting = waiting;
    if (waiting.length > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #settle(connection: DatabaseConnection, streaming = false): void {
    this.#owner = streaming || this.#inTransaction() ? connection : null;
    if (this.#owner !== null) return;
    const waiting = this.#waiting;
    this.#wait([]);
    for (const { resolve } of waiting) resolve();
  }
}

function taken(waitMs: number): Error {
  return new Error(
    `a transaction or stream of this process has had the SQLite database for over ${waitMs} ms; ` +
      "give what may not wait for it a Kysely instance of its own, or raise lockWait",
  );
}
