// One SQL statement, compiled once for the user's dialect and run many times.
import type { QueryExecutorProvider, QueryResult, RawBuilder } from "kysely";

/** Runs the statement with the parameters in the order of its placeholders. */
export type Statement = (...parameters: readonly unknown[]) => Promise<QueryResult<unknown>>;

/** Put where a parameter goes: the value comes with each run. */
export const placeholder: null = null;

export function prepare(db: QueryExecutorProvider, query: RawBuilder<unknown>): Statement {
  const executor = db.getExecutor();
  const compiled = query.compile(db);
  return (...parameters) => executor.executeQuery({ ...compiled, parameters });
}

/** How many rows a write changed. */
export function affectedRows({ numAffectedRows }: QueryResult<unknown>): number {
  if (numAffectedRows === undefined) {
    throw new TypeError("the Kysely dialect does not report numAffectedRows");
  }
  return Number(numAffectedRows);
}
