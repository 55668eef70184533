// Where the ids under a prefix end, in the order of code points: SQLite's BINARY, PostgreSQL's "C"
// and VARBINARY compare UTF-8 bytes, which is that order. LIKE would need escapes, and in SQLite
// ignores case.

const LAST = 0x10ffff;

/** The first string after all that begin with `prefix`; `null` if every later string does. */
export function prefixEnd(prefix: string): string | null {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === LAST) points.pop();
  const last = points.pop();
  if (last === undefined) return null;
  // U+D800 to U+DFFF are halves of UTF-16 pairs, not characters.
  points.push(last === 0xd7ff ? 0xe000 : last + 1);
  return String.fromCodePoint(...points);
}
