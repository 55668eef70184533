// Two ways to keep events: a line of a structured log, and a row of an audit table.

import type { AuthEvent } from "./auth-event.ts";

/** What an audit needs of a table; every `Table` of `@latchkey/table` has it. */
export interface AuditTable {
  insert(row: Record<string, AuditCell>): Promise<unknown>;
}

export type AuditCell = string | number | boolean | null;

/** The columns of an audit table, and what goes into them. */
export type AuditColumns = Readonly<Record<string, (event: AuthEvent) => AuditCell>>;

/** What was typed as a name is not among them: people type passwords there by mistake. */
export const auditColumns: AuditColumns = {
  time: ({ at }) => new Date(at).toISOString(),
  event: ({ kind }) => kind,
  method: ({ method }) => method,
  user: ({ userId }) => userId,
  reason: ({ reason }) => reason,
  ip: ({ ip }) => ip,
  agent: ({ agent }) => agent,
  session: ({ session }) => session,
};

/** One line of JSON, without a line end. @param columns Default: {@link auditColumns}. */
export function eventLine(event: AuthEvent, columns: AuditColumns = auditColumns): string {
  return JSON.stringify(rowOf(event, columns));
}

/** An `onEvent` that adds a row for each event. @param columns Default: {@link auditColumns}. */
export function auditTo(
  table: AuditTable,
  columns: AuditColumns = auditColumns,
): (event: AuthEvent) => Promise<void> {
  return async (event) => {
    await table.insert(rowOf(event, columns));
  };
}

function rowOf(event: AuthEvent, columns: AuditColumns): Record<string, AuditCell> {
  const cells = Object.entries(columns).map(([name, cell]) => [name, cell(event)] as const);
  return Object.fromEntries(cells);
}
