// A request body as plain text fields. Anything else (arrays, objects, numbers) is refused, so that
// no login method ever sees `{"$ne": null}`.

/** The longest field that a form may send, in UTF-16 units. */
const MAX_FIELD = 8_192;
const MAX_FIELDS = 100;

/** `null` for a body that is not a flat list of texts. The result has no prototype. */
export function readFields(body: unknown): Record<string, string> | null {
  const fields: Record<string, string> = Object.create(null);
  if (body === null || body === undefined) return fields;
  if (typeof body !== "object" || Array.isArray(body)) return null;
  const entries = Object.entries(body);
  if (entries.length > MAX_FIELDS) return null;
  for (const [name, value] of entries) {
    if (typeof value !== "string" || value.length > MAX_FIELD) return null;
    fields[name] = value;
  }
  return fields;
}
