// What a writer said before it was killed is what the store has.
import type { Store } from "@latchkey/session-core";
import { expect } from "vitest";

/** @param said Lines of `children/writer.ts`: `kept` or another fate, and an id. */
export async function expectSaid(store: Store, said: readonly string[]): Promise<void> {
  for (const line of said) {
    const [fate, id = ""] = line.split(" ");
    const record = await store.get(id);
    expect([line, record?.version, record?.data]).toEqual(
      fate === "kept" ? [line, 2, '"replaced"'] : [line, undefined, undefined],
    );
  }
}
