// A Kysely dialect over Node's built-in SQLite: no dependency, nothing to compile.
import { DatabaseSync } from "node:sqlite";
import { type Duration, durationMs } from "@latchkey/session-core";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  SqliteDialect,
  SqliteDriver,
} from "kysely";
import { busyRetry } from "./busy-retry.ts";
import { cachedStatements } from "./cached-statements.ts";
import { SharedDatabase, SharedSqliteAdapter } from "./shared-database.ts";

/** How long SQLite itself waits for another process's write: never, as the event loop stands still then. */
const BLOCK_MS = 0;
/** Opening waits longer: processes that start at once make the file together. */
const OPEN_MS = 5_000;

export interface NodeSqliteOptions {
  /**
   * How long a statement may wait for another process's write, without holding up the event loop;
   * or for one transaction or stream of this process. Default `'400ms'`.
   */
  readonly lockWait?: Duration;
}

/**
 * SQLite in one file, or `':memory:'`, for `new Kysely({ dialect: nodeSqliteDialect(path) })`.
 * The file is opened with the first query. An answered write survives the end of the process and
 * a power cut (WAL, `synchronous = full`); several processes may use the file at once.
 *
 * @throws {TypeError} When `path` is empty or `lockWait` no duration.
 * @see https://www.sqlite.org/wal.html
 */
export function nodeSqliteDialect(path: string, options: NodeSqliteOptions = {}): Dialect {
  if (typeof path !== "string" || path === "") throw new TypeError("path must be a file's path");
  const lockWaitMs = durationMs(options.lockWait ?? "400ms", "lockWait");
  const plain = new SqliteDialect({ database: async () => cachedStatements(await open(path)) });
  return {
    createAdapter: () => new SharedSqliteAdapter(),
    createIntrospector: (db) => plain.createIntrospector(db),
    createQueryCompiler: () => plain.createQueryCompiler(),
    createDriver: () => new NodeSqliteDriver(path, lockWaitMs),
  };
}

async function open(path: string): Promise<DatabaseSync> {
  const database = new DatabaseSync(path, { timeout: BLOCK_MS });
  try {
    await busyRetry(OPEN_MS)(async () => database.exec("pragma journal_mode = wal"));
    database.exec("pragma synchronous = full");
    database.exec("pragma fullfsync = on"); // macOS: fsync alone leaves data in the drive's cache
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

class NodeSqliteDriver extends SqliteDriver implements Driver {
  readonly #shared: SharedDatabase;

  constructor(path: string, lockWaitMs: number) {
    let opened: DatabaseSync | null = null;
    super({
      async database() {
        opened = await open(path);
        return cachedStatements(opened);
      },
    });
    const dataVersion = async (): Promise<unknown> =>
      opened?.prepare("pragma data_version").get()?.["data_version"];
    this.#shared = new SharedDatabase(
      () => opened?.isTransaction === true,
      busyRetry(lockWaitMs, dataVersion),
      lockWaitMs,
    );
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    return this.#shared.connect(await super.acquireConnection());
  }

  override async releaseConnection(connection?: DatabaseConnection): Promise<void> {
    if (connection === undefined) return;
    await this.#shared.release(connection, () => this.rollbackTransaction(connection));
  }

  // A plain `begin` locks with the first write. If another process wrote since the first read,
  // that fails at once, however long the wait (SQLITE_BUSY_SNAPSHOT): lock before the first read.
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }
}
