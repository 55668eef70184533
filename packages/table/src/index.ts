export { type CsvTableOptions, csvTable } from "./csv-table.ts";
export { mongoTable } from "./mongo-table.ts";
export { sqlTable } from "./sql-table.ts";
export type { Cell, Row, Table } from "./table.ts";
export { TableError, type TableErrorCode } from "./table-error.ts";
export { type XlsxTableOptions, xlsxTable } from "./xlsx-table.ts";
