// The lookup stage: attributes of a user from a row of any table.

/** What a lookup needs of a table; every `Table` of `@latchkey/table` has it. */
export interface LookupTable {
  find(column: string, value: string, limit?: number): Promise<Readonly<Record<string, unknown>>[]>;
}

export interface LookupOptions {
  table: LookupTable;
  /** The column with the user's id. */
  id: string;
  /** The columns to add: all others stay in the table, such as hashes and secrets. */
  attributes: readonly string[];
}

/**
 * Adds columns of a user's row to the user. `null` is ignored, an empty text is kept; nothing changes the id.
 *
 * @throws {TypeError} When there are two rows: which one is right, nobody could say.
 */
export async function lookUp<User extends { id: string }>(
  user: User,
  { table, id, attributes }: LookupOptions,
): Promise<User> {
  const [row, second] = await table.find(id, user.id, 2);
  if (row === undefined) return user;
  if (second !== undefined) {
    throw new TypeError(`lookup: the table has two rows with the same '${id}'`);
  }
  const added = Object.entries(row).filter(([column, value]) => {
    return value !== null && value !== undefined && column !== "id" && attributes.includes(column);
  });
  // A spread, not an assignment: a column named `__proto__` is a plain key then.
  return { ...user, ...Object.fromEntries(added) };
}

/** @throws {TypeError} That names the option. */
export function checkLookup(options: LookupOptions | undefined): void {
  if (options === undefined) return;
  if (typeof options.table?.find !== "function") {
    throw new TypeError("lookup.table must be a table: `find(column, value)`");
  }
  if (typeof options.id !== "string" || options.id === "") {
    throw new TypeError("lookup.id must name the column with the user's id");
  }
  const { attributes } = options;
  if (!Array.isArray(attributes) || attributes.some((name) => typeof name !== "string")) {
    throw new TypeError("lookup.attributes must be the names of the columns to add");
  }
}
