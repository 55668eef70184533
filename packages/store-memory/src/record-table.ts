// All records of a memory store, one column per field, without gaps: the slots in use are
// 0 … size-1, and the last record moves into the slot of a removed one.
import type { StoredRecord } from "@latchkey/session-core";
import { ExpiryHeap } from "./expiry-heap.ts";
import { doubles } from "./number-column.ts";
import { OwnerLists } from "./owner-lists.ts";
import { SlotIndex } from "./slot-index.ts";

export class RecordTable {
  readonly owners: OwnerLists = new OwnerLists();
  readonly #slots: SlotIndex = new SlotIndex();
  readonly #id: string[] = [];
  readonly #data: string[] = [];
  readonly #owner: (string | null)[] = [];
  readonly #createdAt = doubles();
  readonly #seenAt = doubles();
  readonly #expiresAt = doubles();
  readonly #version = doubles();
  readonly #expiry: ExpiryHeap = new ExpiryHeap(this.#expiresAt);

  get size(): number {
    return this.#id.length;
  }

  /** The slot of a record, expired or not; -1 if there is none. */
  slotOf(id: string): number {
    return this.#slots.get(id);
  }

  /** The slot of a record that is live at `now` (epoch ms); -1 if there is none. */
  liveSlotOf(id: string, now: number): number {
    const slot = this.slotOf(id);
    return slot !== -1 && this.isLive(slot, now) ? slot : -1;
  }

  isLive(slot: number, now: number): boolean {
    return now < this.#expiresAt.at(slot);
  }

  /** Some slot whose record has expired by `now` (epoch ms); -1 if there is none. */
  expiredSlot(now: number): number {
    const slot = this.#expiry.earliest();
    return slot !== -1 && !this.isLive(slot, now) ? slot : -1;
  }

  id(slot: number): string {
    return this.#id[slot] ?? "";
  }

  version(slot: number): number {
    return this.#version.at(slot);
  }

  seenAt(slot: number): number {
    return this.#seenAt.at(slot);
  }

  /** A copy of the record; the caller may do with it what it likes. */
  read(slot: number): StoredRecord {
    return {
      id: this.id(slot),
      owner: this.#owner[slot] ?? null,
      data: this.#data[slot] ?? "",
      createdAt: this.#createdAt.at(slot),
      seenAt: this.#seenAt.at(slot),
      expiresAt: this.#expiresAt.at(slot),
      version: this.#version.at(slot),
    };
  }

  /** The id must not be there yet. */
  add(record: StoredRecord): void {
    const slot = this.size;
    this.#slots.set(record.id, slot);
    this.#id.push(record.id);
    this.#data.push(record.data);
    this.#owner.push(null);
    this.#createdAt.set(slot, record.createdAt);
    this.#expiresAt.set(slot, record.expiresAt);
    this.#expiry.add(slot);
    this.#write(slot, record);
  }

  /** Writes every field but id and createdAt. */
  overwrite(slot: number, next: StoredRecord): void {
    this.#write(slot, next);
    this.#setExpiry(slot, next.expiresAt);
  }

  /** Raises both times (epoch ms), never lowers one. */
  raise(slot: number, seenAt: number, expiresAt: number): void {
    if (seenAt > this.#seenAt.at(slot)) this.#seenAt.set(slot, seenAt);
    if (expiresAt > this.#expiresAt.at(slot)) this.#setExpiry(slot, expiresAt);
  }

  remove(slot: number): void {
    this.#setOwner(slot, null);
    this.#expiry.remove(slot);
    this.#slots.delete(this.id(slot));
    const last = this.size - 1;
    if (last !== slot) this.#move(last, slot);
    this.#id.length = last;
    this.#data.length = last;
    this.#owner.length = last;
    this.#createdAt.truncate(last);
    this.#seenAt.truncate(last);
    this.#expiresAt.truncate(last);
    this.#version.truncate(last);
    this.owners.truncate(last);
  }

  #write(slot: number, record: StoredRecord): void {
    this.#data[slot] = record.data;
    this.#seenAt.set(slot, record.seenAt);
    this.#version.set(slot, record.version);
    this.#setOwner(slot, record.owner);
  }

  #setExpiry(slot: number, expiresAt: number): void {
    this.#expiresAt.set(slot, expiresAt);
    this.#expiry.changed(slot);
  }

  #setOwner(slot: number, owner: string | null): void {
    const old = this.#owner[slot] ?? null;
    if (owner === old) return;
    if (old !== null) this.owners.remove(old, slot);
    if (owner === null) {
      this.#owner[slot] = null;
      return;
    }
    // All records of an owner share one string.
    const sibling = this.owners.first(owner);
    this.#owner[slot] = (sibling === -1 ? owner : this.#owner[sibling]) ?? owner;
    this.owners.add(owner, slot);
  }

  #move(from: number, to: number): void {
    const { id, owner, data, createdAt, seenAt, expiresAt, version } = this.read(from);
    this.#slots.set(id, to);
    this.#id[to] = id;
    this.#owner[to] = owner;
    this.#data[to] = data;
    this.#createdAt.set(to, createdAt);
    this.#seenAt.set(to, seenAt);
    this.#expiresAt.set(to, expiresAt);
    this.#version.set(to, version);
    this.#expiry.moved(from, to);
    if (owner !== null) this.owners.moved(owner, from, to);
  }
}
