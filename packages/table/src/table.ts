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
  /** Adds one row. Columns that it leaves out get the backend's default. */
  insert(row: Row): Promise<void>;
  /**
   * Changes the rows that match every column of `where`; how many there were. Looking and changing
   * are one step, so naming the old value compares and swaps:
   * `update({ user: "alpha", password: oldHash }, { password: newHash })`.
   *
   * @throws {TypeError} When `where` or `changes` is empty.
   */
  update(where: Row, changes: Row): Promise<number>;
}
