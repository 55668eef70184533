// Text with placeholders: `{user}` in a name, a DN or a filter, each escaped by its own rules.

/** The names in braces. */
export function placeholders(template: string): string[] {
  return [...template.matchAll(pattern)].map(([, name = ""]) => name);
}

/** Puts values in place of the names in braces; what they contain is never looked at again. */
export function fill(template: string, value: (name: string) => string): string {
  return template.replace(pattern, (_, name: string) => value(name));
}

/** RFC 4514 §2.4: a value in a DN. Everything special becomes its hex pair. */
export function escapeDn(value: string): string {
  return value.replace(/[\p{Cc}"#+,;<=>\\]/gu, hexPairs).replace(/^ | $/g, hexPairs);
}

/** RFC 4515 §3: a value in a filter. */
export function escapeFilter(value: string): string {
  return value.replace(/[\0()*\\]/g, hexPairs);
}

/** Whether a template is a DN, such as `uid={user},ou=people`, and not `CORP\{user}`. */
export function isDn(template: string): boolean {
  return /^\s*[a-z\d][\w.-]*\s*=/i.test(template);
}

/**
 * A DN for comparing: neither case, blanks around separators nor the way of escaping matter. Never
 * for sending.
 */
export function foldDn(dn: string): string {
  const escapes = /((?:\\[0-9a-f]{2})+)|\\(.)|\s*([,+=])\s*/gi;
  const plain = dn.trim().replace(escapes, (_, hex?: string, char?: string, separator?: string) => {
    if (separator !== undefined) return `\0${separator}`;
    if (char !== undefined) return char;
    return Buffer.from((hex ?? "").replaceAll("\\", ""), "hex").toString();
  });
  return plain.normalize("NFKC").toLowerCase();
}

function hexPairs(char: string): string {
  return Buffer.from(char).toString("hex").replace(/../g, "\\$&");
}

const pattern = /\{([\w.;-]+)\}/g;
