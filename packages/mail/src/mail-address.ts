// Which texts are a mail address. Much less than RFC 5322 allows: every form that two programs could
// read differently is refused.

/**
 * One plain address, its domain in lower case.
 *
 * Quoted local parts, comments, lists, display names, line breaks and everything outside ASCII are
 * refused; a domain with other letters is written in its `xn--` form.
 *
 * @returns `null` when the text is no such address.
 * @see RFC 5321 §4.5.3.1 for the lengths, RFC 5322 §3.2.3 for the dot-atom before the `@`.
 * @example
 * mailAddress("Ann@Example.com"); // "Ann@example.com"
 * mailAddress("ann@example.com,eve@example.net"); // null
 */
export function mailAddress(text: unknown): string | null {
  if (typeof text !== "string" || text.length > maxLength) return null;
  const [, local = "", domain = ""] = shape.exec(text) ?? [];
  if (local === "" || local.length > 64) return null;
  const labels = domain.toLowerCase().split(".");
  if (labels.length < 2 || !labels.every((name) => label.test(name))) return null;
  // The last label of an address such as `ann@192.0.2.1` is a number.
  if (/^\d+$/.test(labels.at(-1) ?? "")) return null;
  return `${local}@${labels.join(".")}`;
}

/** RFC 5321 §4.5.3.1.3: a path is 256 octets with its two angle brackets. */
const maxLength = 254;
// `$` would also match before a line break at the end.
const shape = /^([\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*)@([A-Za-z0-9.-]+)(?![\s\S])/;
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?![\s\S])/;
