// Faults on stderr, for those who set up nothing else: a server that is away fails every request in
// the same way, and nobody reads a thousand stacks.

const QUIET_MS = 1_000;

/** Prints an error unless one of the same kind was printed within a second; then counts it. */
export function createErrorLog(
  print: (...parts: unknown[]) => void = console.error,
  now: () => number = Date.now,
): (error: unknown) => void {
  const lasts = new Map<string, { at: number; unsaid: number }>();
  return (error) => {
    const kind = kindOf(error);
    const last = lasts.get(kind);
    const at = now();
    if (last !== undefined && at >= last.at && at - last.at < QUIET_MS) {
      last.unsaid += 1;
      return;
    }
    if (last !== undefined && last.unsaid > 0) print(`${last.unsaid} more of ${kind}`);
    if (lasts.size >= 100) lasts.clear(); // Codes are few; names that someone makes up may not be.
    lasts.set(kind, { at, unsaid: 0 });
    print(error);
  };
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return "code" in error ? String(error.code) : `${error.name}: ${error.message}`;
}
