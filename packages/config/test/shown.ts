// All that a program could print of an error: message, stack, causes, every own property.

import { inspect } from "node:util";

export function shown(error: unknown): string {
  return inspect(error, { depth: null, showHidden: true, getters: true }).toLowerCase();
}
