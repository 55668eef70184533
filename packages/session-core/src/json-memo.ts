// The text of a JSON object that many requests read: it is parsed once, and copied for each.

import { fromJson } from "./session-record.ts";

/** Longer ones are parsed each time, so that what is remembered stays small. */
const MAX_TEXT = 1_024;

/** Remembers the last text. */
export class JsonMemo<T extends object> {
  #text = "";
  #flat: T | null = null;

  /**
   * The object that a text stands for, for looking and copying only; `null` when it isn't one whose
   * values are all primitive, since a copy of any other would share its parts.
   */
  flat(text: string): T | null {
    if (text === this.#text) return this.#flat;
    if (text.length > MAX_TEXT) return null;
    const value = fromJson<T>(text);
    this.#text = text;
    this.#flat = isFlat(value) ? value : null;
    return this.#flat;
  }
}

/** Whether both have the same keys with the same primitive values. */
export function sameMembers(object: object, flat: object): boolean {
  const keys = Object.keys(object);
  if (keys.length !== Object.keys(flat).length) return false;
  return keys.every(
    (key) => Object.hasOwn(flat, key) && Reflect.get(object, key) === Reflect.get(flat, key),
  );
}

function isFlat(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((member) => typeof member !== "object" || member === null);
}
