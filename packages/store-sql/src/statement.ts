// SQL statements as the families of databases want them run.
import type { CompiledQuery, QueryExecutorProvider, QueryResult, RawBuilder } from "kysely";
import { retryConflict } from "./retry-conflict.ts";
import type { SqlFamily } from "./sql-family.ts";

/** Runs the statement with the parameters in the order of its placeholders. */
export type Statement = (...parameters: readonly unknown[]) => Promise<QueryResult<unknown>>;

/** Put where a parameter goes: the value comes with each run. */
export const placeholder: null = null;

/** Compiles a statement once for the user's dialect, to be run many times. */
export function prepare(
  db: QueryExecutorProvider,
  family: SqlFamily,
  query: RawBuilder<unknown>,
): Statement {
  const compiled = query.compile(db);
  return (...parameters) => execute(db, family, { ...compiled, parameters });
}

/** Runs a statement that is different every time. */
export function runOnce(
  db: QueryExecutorProvider,
  family: SqlFamily,
  query: RawBuilder<unknown>,
): Promise<QueryResult<unknown>> {
  return execute(db, family, query.compile(db));
}

function execute(
  db: QueryExecutorProvider,
  family: SqlFamily,
  query: CompiledQuery,
): Promise<QueryResult<unknown>> {
  const executor = db.getExecutor();
  switch (family) {
    case "sqlite":
      return executor.executeQuery(query);
    case "postgres":
      return retryConflict(() => executor.executeQuery(query));
    case "mysql": {
      const parameters = query.parameters.map(asBytes);
      const run = () => executor.executeQuery({ ...query, parameters }).catch(rethrowWithoutSql);
      return retryConflict(run);
    }
  }
}

/**
 * `mysql2` writes text into the SQL with backslashes before quotes, which ends the text too early
 * on a server in `NO_BACKSLASH_ESCAPES` mode. Bytes it writes as `X'…'`: nothing can break out.
 */
function asBytes(value: unknown): unknown {
  return typeof value === "string" ? Buffer.from(value) : value;
}

/** `mysql2` puts the whole statement on its errors, records and all; those end up in logs. */
function rethrowWithoutSql(error: unknown): never {
  if (error instanceof Error) Reflect.deleteProperty(error, "sql");
  throw error;
}

/** How many rows a write changed. */
export function affectedRows({ numAffectedRows }: QueryResult<unknown>): number {
  if (numAffectedRows === undefined) {
    throw new TypeError("the Kysely dialect does not report numAffectedRows");
  }
  return Number(numAffectedRows);
}
