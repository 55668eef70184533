// What logins kept in a session, such as the tokens of a provider, once it is there no more: the
// methods are told, so that nothing of theirs outlives it.

import { isDeepStrictEqual } from "node:util";
import type { FlowContext } from "./flow-context.ts";

type Kept = Readonly<Record<string, unknown>>;

/** Tells every method: which of them kept what, is not written down. Never rejects. */
export async function forgetKept(
  { methods, onError }: Pick<FlowContext, "methods" | "onError">,
  all: readonly Kept[],
): Promise<void> {
  for (const kept of all) {
    for (const method of methods.values()) {
      try {
        await method.forget?.(kept);
      } catch (error) {
        onError(error);
      }
    }
  }
}

/** The data of a session as it is now, with what linked logins have under keys of their own. */
export function copyOfData(data: object): Kept {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, isObject(value) ? { ...value } : value]),
  );
}

/** What was there and is no more: in the data itself, and under each key of it. */
export function goneFrom(before: Kept, after: object): Kept[] {
  const gone = changed(before, after);
  const inside = Object.entries(gone).map(([key, value]) => {
    const now = Reflect.get(after, key);
    return isObject(value) ? changed(value, isObject(now) ? now : {}) : {};
  });
  return [gone, ...inside].filter((kept) => Object.keys(kept).length > 0);
}

function changed(before: object, after: object): Kept {
  const isGone = ([key, value]: [string, unknown]): boolean =>
    !isDeepStrictEqual(value, Reflect.get(after, key));
  return Object.fromEntries(Object.entries(before).filter(isGone));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
