// Which SQL to speak. Asked of Kysely's dialect adapter by what it can do, so that dialects of
// third parties are told apart as well.
import type { QueryExecutorProvider } from "kysely";

export type SqlFamily = "sqlite" | "postgres";

/** @throws {TypeError} For a dialect whose SQL this package does not speak. */
export function sqlFamilyOf(db: QueryExecutorProvider): SqlFamily {
  const { supportsReturning, supportsTransactionalDdl } = db.getExecutor().adapter;
  // MySQL and SQL Server can't `returning`, and know no `on conflict` either.
  if (!supportsReturning) throw new TypeError("db must speak SQLite or PostgreSQL");
  return supportsTransactionalDdl ? "postgres" : "sqlite";
}
