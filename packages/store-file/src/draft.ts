// Changes on top of the stored records, which nobody else sees until they are applied. So a write
// that did not reach the disk was never there.
import type { StoredRecord } from "@latchkey/session-core";
import { parseRecord } from "./parse-records.ts";

/** By id, expired ones too. A record in it is never changed, only exchanged for another. */
export type Records = Map<string, StoredRecord>;

export class Draft {
  readonly #base: Records;
  readonly #changes: Map<string, StoredRecord | null> = new Map();
  #size: number;

  constructor(base: Records) {
    this.#base = base;
    this.#size = base.size;
  }

  /** How many records there are, expired ones included. */
  get size(): number {
    return this.#size;
  }

  get changed(): boolean {
    return this.#changes.size > 0;
  }

  get(id: string): StoredRecord | null {
    const change = this.#changes.get(id);
    return change === undefined ? (this.#base.get(id) ?? null) : change;
  }

  /**
   * Keeps a copy.
   *
   * @throws {TypeError} For what could not be read from the file again.
   */
  put(record: StoredRecord): void {
    const copy = parseRecord(record);
    if (this.get(copy.id) === null) this.#size++;
    this.#changes.set(copy.id, copy);
  }

  remove(id: string): void {
    if (this.get(id) === null) return;
    this.#size--;
    this.#changes.set(id, null);
  }

  /** Every record as it is with the changes. Removing while it runs is fine. */
  *values(): Generator<StoredRecord, void> {
    for (const [id, record] of this.#base) {
      if (!this.#changes.has(id)) yield record;
    }
    for (const change of this.#changes.values()) {
      if (change !== null) yield change;
    }
  }

  apply(): void {
    for (const [id, change] of this.#changes) {
      if (change === null) this.#base.delete(id);
      else this.#base.set(id, change);
    }
  }
}
