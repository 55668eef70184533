// Finds the TypeScript in Markdown, and in the doc comments of sources.

/** One ```ts block. */
export interface Fence {
  code: string;
  /** The 1-based line of the document that the code's first line stands on. */
  line: number;
  /** How many columns of the document stand before the code's first column. */
  indent: number;
}

export interface Fences {
  fences: Fence[];
  /** Fences that would escape the check, e.g. ```ts no-check. */
  problems: { line: number; message: string }[];
}

const opening = /^(?<prefix>\s*(?:\*\s?|>\s?)?\s*)(?<marks>`{3,}|~{3,})(?<info>[^`]*)$/;

/** Every fence whose language is TypeScript; others are left alone. */
export function findFences(document: string): Fences {
  const found: Fences = { fences: [], problems: [] };
  const lines = document.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const open = opening.exec(lines[at] ?? "")?.groups;
    if (!open) continue;
    const { prefix = "", marks = "", info = "" } = open;
    const end = closingLine(lines, at + 1, marks);
    const [language = "", ...rest] = info.trim().split(/\s+/);
    if (isTypeScript(language)) {
      if (rest.length > 0) {
        found.problems.push({
          line: at + 1,
          message: `a fence is plain \`\`\`ts, not "${info.trim()}"`,
        });
      }
      const code = lines.slice(at + 1, end).map((line) => withoutPrefix(line, prefix.length));
      found.fences.push({ code: code.join("\n"), line: at + 2, indent: prefix.length });
    }
    at = end;
  }
  return found;
}

function isTypeScript(language: string): boolean {
  return /^(ts|tsx|mts|cts|typescript)\b/i.test(language);
}

function closingLine(lines: string[], from: number, marks: string): number {
  const end = lines.findIndex((line, at) => at >= from && isClosing(line, marks));
  return end === -1 ? lines.length : end;
}

function isClosing(line: string, marks: string): boolean {
  const text = line.replace(/^[\s*>]*/, "").trimEnd();
  return text.startsWith(marks) && new Set(text).size === 1;
}

/** A line may be shorter than the prefix (an empty one), but its own text is never cut. */
function withoutPrefix(line: string, length: number): string {
  return line.slice(0, length).replace(/^[\s*>]*/, "") + line.slice(length);
}
