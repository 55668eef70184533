// Shell patterns: `*` any text, `?` one character, `[abc]`, `[a-z]`, `[!a]`. No regular expression
// is made of them, so none can be slow.

/** One character of a pattern: what it matches, or `*`. */
type Part = "*" | ((char: string) => boolean);

/** Whether a whole text fits a pattern; upper and lower case differ. */
export function matchesGlob(pattern: string, text: string): boolean {
  const parts = parse([...pattern]);
  const chars = [...text];
  let [part, at] = [0, 0];
  // Where to go on if what follows the last `*` doesn't fit: the `*` takes one character more.
  let retry: { part: number; at: number } | null = null;
  while (at < chars.length) {
    const wanted = parts[part];
    if (wanted === "*") {
      part += 1;
      retry = { part, at };
    } else if (wanted?.(chars[at] ?? "")) {
      part += 1;
      at += 1;
    } else if (retry !== null) {
      retry.at += 1;
      ({ part, at } = retry);
    } else {
      return false;
    }
  }
  return parts.slice(part).every((rest) => rest === "*");
}

function parse(pattern: string[]): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at] ?? "";
    const end = char === "[" ? endOfSet(pattern, at) : -1;
    if (char === "*") {
      if (parts.at(-1) !== "*") parts.push("*");
    } else if (char === "?") {
      parts.push(() => true);
    } else if (end > 0) {
      parts.push(oneOf(pattern.slice(at + 1, end)));
      at = end;
    } else {
      parts.push((other) => other === char);
    }
  }
  return parts;
}

/** A `]` right behind `[` or `[!` is one of the set. A `[` that is never closed is itself. */
function endOfSet(pattern: string[], start: number): number {
  const first = pattern[start + 1] === "!" ? start + 3 : start + 2;
  return pattern.indexOf("]", first);
}

function oneOf(set: string[]): (char: string) => boolean {
  const isNegated = set[0] === "!";
  const members = isNegated ? set.slice(1) : set;
  const ranges: [low: string, high: string][] = [];
  for (let at = 0; at < members.length; at += 1) {
    const low = members[at] ?? "";
    const isRange = members[at + 1] === "-" && at + 2 < members.length;
    ranges.push([low, isRange ? (members[at + 2] ?? "") : low]);
    if (isRange) at += 2;
  }
  return (char) => ranges.some(([low, high]) => low <= char && char <= high) !== isNegated;
}
