// Says how large a sheet would be in memory, before it is read: one cell far down and far to the
// right takes 50 bytes of a file, and makes a reader fill billions of places up to it.

import { TableError } from "./table-error.ts";

/** Excel's own limits. */
const lastRow = 1_048_576;
const lastColumn = 16_384;

/** Empty places up to the furthest cell count too: a reader fills them. */
const maxCells = 5_000_000;

/**
 * @param xml A part of a spreadsheet. XML that no spreadsheet program writes is refused, lest the
 * reader finds cells in it that were not found here: comments, CDATA, a document type, quotes that
 * don't end.
 * @throws {TableError} `ERR_TABLE_TOO_LARGE` or `ERR_TABLE_MALFORMED`.
 */
export function requireFewCells(xml: string, path: string): void {
  const malformed = (problem: string): TableError =>
    new TableError("ERR_TABLE_MALFORMED", `${path}: ${problem}`);
  let rows = 0; // Down to the last, also an empty one: programs number those at the very end.
  let unnumbered = 0; // Each comes after the one before it.
  let row = 0;
  const data = { rows: 0, columns: 0 };
  for (const tag of tagsOf(xml, malformed)) {
    const [, name] = rowOrCell.exec(tag) ?? [];
    if (name === undefined) continue;
    const at = furthest(tag, malformed);
    rows = Math.max(rows, at.row);
    if (name === "row") {
      row = at.row;
      if (row === 0) unnumbered += 1;
    } else if (!tag.endsWith("/>")) {
      data.rows = Math.max(data.rows, at.row, row);
      data.columns = Math.max(data.columns, at.column);
    }
  }
  if (rows + unnumbered > lastRow || (data.rows + unnumbered) * data.columns > maxCells) {
    throw new TableError(
      "ERR_TABLE_TOO_LARGE",
      `${path} has a sheet of more than ${maxCells} cells`,
    );
  }
}

/** With any prefix, as the reader takes it. */
const rowOrCell = /^<(?:[^\s:>/]*:)?(row|c)(?=[\s/>])/;
const place = /[\s"':]r\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** The place that a tag names; 0 where it names none. */
function furthest(
  tag: string,
  malformed: (problem: string) => TableError,
): { row: number; column: number } {
  const at = { row: 0, column: 0 };
  for (const [, double, single] of tag.matchAll(place)) {
    const found = placeOf(double ?? single ?? "");
    if (!found) throw malformed("a cell is in a place that doesn't exist");
    at.row = Math.max(at.row, found.row);
    at.column = Math.max(at.column, found.column);
  }
  return at;
}

function placeOf(text: string): { row: number; column: number } | null {
  const [, letters, digits] = /^([A-Z]{0,3})([1-9][0-9]{0,6})$/.exec(text) ?? [];
  if (letters === undefined) return null;
  const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
  const row = Number(digits);
  return row <= lastRow && column <= lastColumn ? { row, column } : null;
}

/** Excel allows 32,767 characters in a cell. The reader's time grows with the square of a piece. */
const longestPiece = 1_000_000;

function* tagsOf(xml: string, malformed: (problem: string) => TableError): Generator<string> {
  const declaration = /^\uFEFF?<\?xml[^<>]*\?>/.exec(xml)?.[0] ?? "";
  const tag = /<\/?[A-Za-z_][^<>"']*(?:(?:"[^"<]*"|'[^'<]*')[^<>"']*)*>/y;
  for (let end = declaration.length; end < xml.length; ) {
    const start = xml.indexOf("<", end);
    if ((start === -1 ? xml.length : start) - end > longestPiece) {
      throw malformed("a text longer than any that a spreadsheet has");
    }
    if (start === -1) return;
    tag.lastIndex = start;
    const [text] = tag.exec(xml) ?? [];
    if (text === undefined || text.length > longestPiece) {
      throw malformed("XML that no spreadsheet has");
    }
    yield text;
    end = start + text.length;
  }
}
