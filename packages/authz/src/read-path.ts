// Reads one attribute of a user by its dotted path, through own properties only.

/**
 * Reads an attribute. At each step the whole rest of the path is tried as one key before it is split at
 * its first dot, so that claims named by a URL (`"claims.https://example.com/roles"`) can be reached.
 *
 * @returns `undefined` on absence; never anything inherited, and nothing inside an array.
 */
export function readPath(from: unknown, path: string): unknown {
  let current = from;
  let rest = path;
  while (typeof current === "object" && current !== null && !Array.isArray(current)) {
    if (Object.hasOwn(current, rest)) return Reflect.get(current, rest);
    const dot = rest.indexOf(".");
    const key = rest.slice(0, dot);
    if (dot === -1 || !Object.hasOwn(current, key)) return undefined;
    current = Reflect.get(current, key);
    rest = rest.slice(dot + 1);
  }
  return undefined;
}
