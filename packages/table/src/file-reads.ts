// The reading half of a table in a file that is read whole.

import { isStorable, requireAtMost, requireCell, requireLimit } from "./cell.ts";
import { type FileContent, requireColumns, rowOf } from "./file-content.ts";
import { type Cell, defaultAllLimit, type Table } from "./table.ts";

/** @param cellOf What the file has for a value that is asked for. */
export function fileReads(
  read: () => Promise<FileContent>,
  path: string,
  cellOf: (value: Cell) => Cell = (value) => value,
): Pick<Table, "find" | "all"> {
  return {
    async find(column, value, limit = 2) {
      requireCell(value, column);
      requireLimit(limit);
      const content = await read();
      requireColumns(content, [column], path);
      if (!isStorable(value)) return [];
      const found = content.positions(column, cellOf(value)).slice(0, limit);
      return found.map((position) => rowOf(content, position));
    },

    async all(limit = defaultAllLimit) {
      requireLimit(limit);
      const content = await read();
      requireAtMost(content.records, limit, path);
      return content.records.map((_, position) => rowOf(content, position));
    },
  };
}
