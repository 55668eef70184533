// The contract of a table of users or attributes, wherever its rows are kept.

/** One value of a row. A CSV file knows only text; there `null` is the empty text. */
export type Cell = string | number | boolean | null;

/** One row by column name. */
export type Row = Record<string, Cell>;

/**
 * Rows in a file or a database. Every method is atomic against all others.
 *
 * Absence is a value; a method rejects with {@link TableError} when a column is unknown or the
 * backend fails. An absent row is an empty list, a row that is not there any more is `0`.
 */
export interface Table {
  /**
   * The rows whose `column` is exactly `value`: same case, same accents, no blanks ignored.
   *
   * @param limit How many at most; the default of 2 is enough to see that a row is not the only one.
   */
  find(column: string, value: Cell, limit?: number): Promise<Row[]>;
  /**
   * Every row: those of a file in its order, those of a database in any. Never only a part of them.
   *
   * @param limit Rejects with `ERR_TABLE_TOO_LARGE` when there are more. Default 10,000.
   */
  all(limit?: number): Promise<Row[]>;
  /** Adds one row. Columns that it leaves out get the backend's default. */
  insert(row: Row): Promise<void>;
  /**
   * Adds one row unless its value in `column` is taken, or that in any other unique column; whether
   * it did. Of many at once, in any number of processes, exactly one does.
   *
   * @throws {TypeError} When the row has no value in `column`.
   * @throws {TableError} `ERR_TABLE_NOT_UNIQUE` when the database doesn't keep `column` unique: it
   * could not hold its promise then.
   */
  insertIfAbsent(row: Row, column: string): Promise<boolean>;
  /**
   * Changes the rows that match every column of `where`; how many there were. Looking and changing
   * are one step, so naming the old value compares and swaps:
   * `update({ user: "alpha", password: oldHash }, { password: newHash })`.
   *
   * @throws {TypeError} When `where` or `changes` is empty.
   */
  update(where: Row, changes: Row): Promise<number>;
  /**
   * Removes the rows that match every column of `where`; how many there were.
   *
   * @throws {TypeError} When `where` is empty.
   */
  delete(where: Row): Promise<number>;
}

/** How many rows `all` reads unless it is told. */
export const defaultAllLimit = 10_000;
