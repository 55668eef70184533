// The slot that expires next: a binary heap that knows each slot's place, so a changed expiry
// moves its one entry and nothing stale is ever left behind. Every operation is O(log n).
import { integers, type NumberColumn } from "./number-column.ts";

export class ExpiryHeap {
  readonly #expiresAt: NumberColumn;
  readonly #slots: NumberColumn = integers(); // by place in the heap
  readonly #places: NumberColumn = integers(); // by slot
  #size = 0;

  constructor(expiresAt: NumberColumn) {
    this.#expiresAt = expiresAt;
  }

  /** How many entries there are, stale ones included: there are none. */
  get size(): number {
    return this.#size;
  }

  /** The slot with the earliest expiry; -1 when empty. */
  earliest(): number {
    return this.#size === 0 ? -1 : this.#slots.at(0);
  }

  add(slot: number): void {
    this.#put(this.#size++, slot);
    this.#rise(this.#size - 1);
  }

  remove(slot: number): void {
    const place = this.#places.at(slot);
    const last = this.#slots.at(--this.#size);
    if (last !== slot) {
      this.#put(place, last);
      this.changed(last);
    }
    this.#slots.truncate(this.#size);
    this.#places.truncate(this.#size);
  }

  /** Call after the expiry of `slot` was changed. */
  changed(slot: number): void {
    this.#rise(this.#places.at(slot));
    this.#sink(this.#places.at(slot));
  }

  /** The record of slot `from` is now in slot `to`. */
  moved(from: number, to: number): void {
    this.#put(this.#places.at(from), to);
  }

  #rise(start: number): void {
    const slot = this.#slots.at(start);
    const expiresAt = this.#expiresAt.at(slot);
    let place = start;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#slots.at(parent);
      if (this.#expiresAt.at(above) <= expiresAt) break;
      this.#put(place, above);
      place = parent;
    }
    this.#put(place, slot);
  }

  #sink(start: number): void {
    const slot = this.#slots.at(start);
    const expiresAt = this.#expiresAt.at(slot);
    let place = start;
    for (;;) {
      let child = place * 2 + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#expiry(child + 1) < this.#expiry(child)) child++;
      if (this.#expiry(child) >= expiresAt) break;
      this.#put(place, this.#slots.at(child));
      place = child;
    }
    this.#put(place, slot);
  }

  #expiry(place: number): number {
    return this.#expiresAt.at(this.#slots.at(place));
  }

  #put(place: number, slot: number): void {
    this.#slots.set(place, slot);
    this.#places.set(slot, place);
  }
}
