// Which SQL to speak. Asked of Kysely's dialect adapter by what it can do, so that dialects of
// third parties are told apart as well.
import type { QueryExecutorProvider } from "kysely";

/** `mysql` is MariaDB too. */
export type SqlFamily = "sqlite" | "postgres" | "mysql";

/** @throws {TypeError} For a dialect whose SQL this package does not speak. */
export function sqlFamilyOf(db: QueryExecutorProvider): SqlFamily {
  const { adapter } = db.getExecutor();
  if (adapter.supportsReturning) return adapter.supportsTransactionalDdl ? "postgres" : "sqlite";
  // SQL Server has `output` for `returning`, and neither `on conflict` nor `on duplicate key`.
  const speaksMysql = adapter.supportsCreateIfNotExists && !adapter.supportsTransactionalDdl;
  if (speaksMysql && adapter.supportsOutput !== true) return "mysql";
  throw new TypeError("db must speak SQLite, PostgreSQL or MySQL");
}
