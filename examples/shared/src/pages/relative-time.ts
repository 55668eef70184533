// How long ago, or how far ahead, in words: needs no time zone, which a server doesn't know of a visitor.

const units: [unit: Intl.RelativeTimeFormatUnit, ms: number, below: number][] = [
  ["minute", 60_000, 60],
  ["hour", 3_600_000, 24],
  // Lifetimes are usually given in days, "30 days" says more than "1 month".
  ["day", 86_400_000, 61],
  ["month", 2_629_800_000, 12],
  ["year", 31_557_600_000, Infinity],
];

const words = new Intl.RelativeTimeFormat("en", { numeric: "always" });

/**
 * E.g. `3 minutes ago` or `in 30 days`.
 *
 * @param at Epoch milliseconds, like `now`.
 */
export function relativeTime(at: number, now: number): string {
  const distanceMs = at - now;
  if (Math.abs(distanceMs) < 60_000) return distanceMs > 0 ? "in a moment" : "just now";
  for (const [unit, ms, below] of units) {
    const count = Math.round(Math.abs(distanceMs) / ms);
    if (count < below) return words.format(Math.sign(distanceMs) * count, unit);
  }
  return "";
}
