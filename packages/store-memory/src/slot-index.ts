// From a record's id to its slot. Several small maps instead of a large one: V8 copies a whole map
// when it grows or shrinks, which for a million ids holds up everything else for 30 ms and more.

const SHARDS = 32; // a power of two

export class SlotIndex {
  readonly #shards: readonly Map<string, number>[] = Array.from(
    { length: SHARDS },
    () => new Map(),
  );

  /** The slot of an id; -1 if it has none. */
  get(id: string): number {
    return this.#shardOf(id)?.get(id) ?? -1;
  }

  set(id: string, slot: number): void {
    this.#shardOf(id)?.set(id, slot);
  }

  delete(id: string): void {
    this.#shardOf(id)?.delete(id);
  }

  // The end of an id is its random part. Ids made to meet in one shard only lose the sharding.
  #shardOf(id: string): Map<string, number> | undefined {
    const { length } = id;
    const last =
      id.charCodeAt(length - 1) + 7 * id.charCodeAt(length - 2) + 31 * id.charCodeAt(length - 3);
    return this.#shards[last & (SHARDS - 1)];
  }
}
