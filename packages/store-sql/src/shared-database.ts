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

export class SharedDatabase {
  readonly #inTransaction: () => boolean;
  readonly #retry: BusyRetry;
  #owner: DatabaseConnection | null = null;
  #waiting: (() => void)[] = [];

  /**
   * @param inTransaction Whether the database is in the middle of one.
   * @param retry For what another process's lock refuses.
   */
  constructor(inTransaction: () => boolean, retry: BusyRetry) {
    this.#inTransaction = inTransaction;
    this.#retry = retry;
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
    this.#settle(connection);
  }

  #isTaken(connection: DatabaseConnection): boolean {
    return this.#owner !== null && this.#owner !== connection;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #settle(connection: DatabaseConnection, streaming = false): void {
    this.#owner = streaming || this.#inTransaction() ? connection : null;
    if (this.#owner !== null) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
