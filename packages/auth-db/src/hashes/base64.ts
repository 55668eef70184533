// The base64 of hash formats: without padding, and passlib writes `.` for `+`.

/** @returns `null` unless the text is base64 of `min` to `max` bytes. */
export function bytesOf(text: string, min: number, max: number): Buffer | null {
  if (!/^[A-Za-z0-9+/.]*={0,2}$/.test(text)) return null;
  const bytes = Buffer.from(text.replaceAll(".", "+"), "base64");
  return bytes.length >= min && bytes.length <= max ? bytes : null;
}
