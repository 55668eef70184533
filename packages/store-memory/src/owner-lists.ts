// Which slots an owner has: one linked list per owner, its links in two columns. A Set per owner
// would cost more memory than a small session.
import { integers, type NumberColumn } from "./number-column.ts";
import { SlotIndex } from "./slot-index.ts";

const NONE = -1;

export class OwnerLists {
  readonly #heads: SlotIndex = new SlotIndex();
  readonly #next: NumberColumn = integers();
  readonly #previous: NumberColumn = integers();

  /** An owner's first slot; -1 if there is none. */
  first(owner: string): number {
    return this.#heads.get(owner);
  }

  /** An owner's slots. Don't change the lists before it is through. */
  *slots(owner: string): Generator<number, void> {
    for (let slot = this.first(owner); slot !== NONE; slot = this.#next.at(slot)) yield slot;
  }

  add(owner: string, slot: number): void {
    const head = this.first(owner);
    this.#link(slot, head);
    this.#previous.set(slot, NONE);
    this.#heads.set(owner, slot);
  }

  remove(owner: string, slot: number): void {
    const next = this.#next.at(slot);
    const previous = this.#previous.at(slot);
    if (previous !== NONE) this.#link(previous, next);
    else if (next === NONE) this.#heads.delete(owner);
    else {
      this.#previous.set(next, NONE);
      this.#heads.set(owner, next);
    }
  }

  /** The record of slot `from` is now in slot `to`. */
  moved(owner: string, from: number, to: number): void {
    const previous = this.#previous.at(from);
    this.#link(to, this.#next.at(from));
    this.#previous.set(to, previous);
    if (previous === NONE) this.#heads.set(owner, to);
    else this.#next.set(previous, to);
  }

  /** Gives memory back when only slots below `count` are in use. */
  truncate(count: number): void {
    this.#next.truncate(count);
    this.#previous.truncate(count);
  }

  #link(slot: number, next: number): void {
    this.#next.set(slot, next);
    if (next !== NONE) this.#previous.set(next, slot);
  }
}
