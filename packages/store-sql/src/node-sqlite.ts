// A Kysely dialect over Node's built-in SQLite: no dependency, nothing to compile.
import { DatabaseSync } from "node:sqlite";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from "kysely";
import { cachedStatements } from "./cached-statements.ts";
import { retryBusy } from "./retry-busy.ts";

/** How long SQLite itself waits for another process's write; the event loop stands still then. */
const BLOCK_MS = 10;

/**
 * SQLite in one file, or `':memory:'`, for `new Kysely({ dialect: nodeSqliteDialect(path) })`.
 * The file is opened with the first query. An answered write survives the end of the process and
 * a power cut (WAL, `synchronous = full`); several processes may use the file at once.
 *
 * @throws {TypeError} When `path` is empty.
 * @see https://www.sqlite.org/wal.html
 */
export function nodeSqliteDialect(path: string): Dialect {
  if (typeof path !== "string" || path === "") throw new TypeError("path must be a file's path");
  const config = { database: () => open(path) };
  const dialect = new SqliteDialect(config);
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => new NodeSqliteDriver(config),
  };
}

async function open(path: string): Promise<SqliteDatabase> {
  const database = new DatabaseSync(path, { timeout: BLOCK_MS });
  try {
    await retryBusy(async () => database.exec("pragma journal_mode = wal"));
    database.exec("pragma synchronous = full");
    database.exec("pragma fullfsync = on"); // macOS: fsync alone leaves data in the drive's cache
  } catch (error) {
    database.close();
    throw error;
  }
  return cachedStatements(database);
}

class NodeSqliteDriver extends SqliteDriver implements Driver {
  #connection: DatabaseConnection | null = null;

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#connection ??= patient(await super.acquireConnection());
    return this.#connection;
  }

  // A plain `begin` locks with the first write. If another process wrote since the first read,
  // that fails at once, however long the wait (SQLITE_BUSY_SNAPSHOT): lock before the first read.
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }
}

/** Waits for other processes' writes without holding up the event loop. */
function patient(connection: DatabaseConnection): DatabaseConnection {
  return {
    executeQuery: (query) => retryBusy(() => connection.executeQuery(query)),
    streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
  };
}
