// Numbers by slot, in typed arrays of 4,096: 8 bytes for a time instead of the 24 of a property
// that holds a boxed double, and no long copy when the column grows or shrinks.

type Numbers = Float64Array | Int32Array;

const BITS = 12;
const CHUNK: number = 1 << BITS;
const MASK: number = CHUNK - 1;

export class NumberColumn {
  readonly #allocate: () => Numbers;
  readonly #chunks: Numbers[] = [];

  constructor(allocate: () => Numbers) {
    this.#allocate = allocate;
  }

  /** The number in a slot that was set before. */
  at(slot: number): number {
    return this.#chunks[slot >> BITS]?.[slot & MASK] ?? 0;
  }

  /** Slots are filled from 0 on, without gaps. */
  set(slot: number, value: number): void {
    const chunk = this.#chunks[slot >> BITS] ?? this.#grow();
    chunk[slot & MASK] = value;
  }

  /** Only slots below `count` are in use. One spare chunk is kept, so a border costs nothing. */
  truncate(count: number): void {
    const used = (count >> BITS) + 2;
    if (used < this.#chunks.length) this.#chunks.length = used;
  }

  #grow(): Numbers {
    const chunk = this.#allocate();
    this.#chunks.push(chunk);
    return chunk;
  }
}

/** Any double: times, versions. */
export function doubles(): NumberColumn {
  return new NumberColumn(() => new Float64Array(CHUNK));
}

/** Slots and places in a heap. */
export function integers(): NumberColumn {
  return new NumberColumn(() => new Int32Array(CHUNK));
}
