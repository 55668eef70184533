// What programs send to the API of an example app.

/** @param text `null` is no text. @returns `null` when it is no JSON. */
export function parseJson(text: string | null): { value: unknown } | null {
  try {
    return text === null ? null : { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

/** Anything else than a number counts as `fallback`. */
export function numberOr(fallback: number, value: unknown): number {
  return typeof value === "number" ? value : fallback;
}

/** `?delay=100`: how many milliseconds a write is to take, so that tests can overtake it. At most 10 s. */
export function delayOf(url: string): number {
  const delay = Number(new URLSearchParams(url.split("?", 2)[1]).get("delay") ?? 0);
  return Number.isFinite(delay) ? Math.min(Math.max(delay, 0), 10_000) : 0;
}
