// The heap always knows the earliest expiry and never holds more than one entry per record.
import { expect, test } from "vitest";
import { ExpiryHeap } from "../src/expiry-heap.ts";
import { doubles } from "../src/number-column.ts";

test("gives slots in order of expiry", () => {
  const { heap, expiresAt } = filled([5, 3, 9, 1, 7, 3]);
  const order: number[] = [];
  while (heap.earliest() !== -1) {
    order.push(expiresAt.at(heap.earliest()));
    heap.remove(heap.earliest());
  }
  expect(order).toEqual([1, 3, 3, 5, 7, 9]);
});

test("leaves no garbage: 100,000 changed expiries of 10 records are 10 entries", () => {
  const { heap, expiresAt } = filled([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  for (let touch = 0; touch < 100_000; touch++) {
    expiresAt.set(touch % 10, 100 + ((touch * 7_919) % 1_000));
    heap.changed(touch % 10);
  }
  expect(heap.size).toBe(10);
  const all = Array.from({ length: 10 }, (_, slot) => expiresAt.at(slot));
  expect(expiresAt.at(heap.earliest())).toBe(Math.min(...all));
});

test("follows a record that moves to another slot", () => {
  const { heap, expiresAt } = filled([5, 1, 3]);
  heap.remove(1);
  expiresAt.set(1, expiresAt.at(2));
  heap.moved(2, 1);
  expect(heap.earliest()).toBe(1);
  heap.remove(1);
  expect(heap.earliest()).toBe(0);
});

function filled(times: number[]) {
  const expiresAt = doubles();
  const heap = new ExpiryHeap(expiresAt);
  for (const [slot, time] of times.entries()) {
    expiresAt.set(slot, time);
    heap.add(slot);
  }
  return { heap, expiresAt };
}
