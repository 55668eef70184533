// Durations as people write them: a number and a unit.

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** A length of time: `'500ms'`, `'30s'`, `'15m'`, `'1.5h'`, `'30d'`, `'2w'`. */
export type Duration = `${number}${keyof typeof unitMs}`;

/**
 * The length of a duration in milliseconds, rounded to whole ones.
 *
 * @param option What the value is called, for the error message.
 * @throws {TypeError} When the value is not a duration of at least one millisecond.
 */
export function durationMs(value: Duration, option = "duration"): number {
  const parsed = parseDuration(value);
  if (parsed === null) {
    throw new TypeError(
      `${option} must be a length of time such as '30s', '15m', '1.5h' or '30d', not ${show(value)}`,
    );
  }
  return parsed;
}

/** The same for text from outside: `null` when it is not a duration of at least one millisecond. */
export function parseDuration(value: string): number | null {
  const match = /^(\d{1,12}(?:\.\d{1,9})?)(ms|s|m|h|d|w)$/.exec(String(value));
  const unit = match?.[2];
  if (!match || !isUnit(unit)) return null;
  const ms = Math.round(Number(match[1]) * unitMs[unit]);
  return ms >= 1 && Number.isSafeInteger(ms) ? ms : null;
}

function isUnit(unit: string | undefined): unit is keyof typeof unitMs {
  return unit !== undefined && Object.hasOwn(unitMs, unit);
}

function show(value: unknown): string {
  return typeof value === "string" ? `'${value.slice(0, 40)}'` : typeof value;
}
