// From a record's id to its slot, and from an owner to the first of its slots. Several small maps
// instead of a large one: V8 copies a whole map when it grows or shrinks, which for a million keys
// holds up everything else for 30 ms and more.

const SHARDS = 32; // a power of two

export class SlotIndex {
  readonly #shards: readonly Map<string, number>[] = Array.from(
    { length: SHARDS },
    () => new Map(),
  );

  /** The slot of a key; -1 if it has none. */
  get(key: string): number {
    return this.#shardOf(key)?.get(key) ?? -1;
  }

  set(key: string, slot: number): void {
    this.#shardOf(key)?.set(key, slot);
  }

  delete(key: string): void {
    this.#shardOf(key)?.delete(key);
  }

  // The end of a key is what differs. Keys made to meet in one shard only lose the sharding.
  #shardOf(key: string): Map<string, number> | undefined {
    const { length } = key;
    const last =
      key.charCodeAt(length - 1) + 7 * key.charCodeAt(length - 2) + 31 * key.charCodeAt(length - 3);
    return this.#shards[last & (SHARDS - 1)];
  }
}
