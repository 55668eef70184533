// Counts what this process has under way, so that tries side by side know of each other before any
// of them has failed.

export interface UnderWay {
  /** @returns How many others are under way for each key, and the end of this one. */
  begin(keys: readonly string[]): { others: number[]; end(): void };
}

export function createUnderWay(): UnderWay {
  const counts = new Map<string, number>();
  const of = (key: string): number => counts.get(key) ?? 0;
  return {
    begin(keys) {
      const others = keys.map(of);
      for (const key of keys) counts.set(key, of(key) + 1);
      return {
        others,
        end() {
          for (const key of keys) {
            if (of(key) > 1) counts.set(key, of(key) - 1);
            else counts.delete(key);
          }
        },
      };
    },
  };
}
