// What the child processes of these tests have in common.
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";

/** An argument by place, counted from the first after the script. */
export function argument(index: number): string {
  const value = process.argv[index + 2];
  if (value === undefined) throw new Error(`argument ${index} is missing`);
  return value;
}

/** Writes a line at once: a process that is killed right after has still said it. */
export function say(line: string): void {
  writeSync(1, `${line}\n`);
}

/** What the parent says, line by line. */
export function told(): AsyncIterable<string> {
  return createInterface({ input: process.stdin });
}
