// What the child processes of these tests have in common.

/** An argument by place, counted from the first after the script. */
export function argument(index: number, otherwise?: string): string {
  const value = process.argv[index + 2] ?? otherwise;
  if (value === undefined) throw new Error(`argument ${index} is missing`);
  return value;
}

/** Writes a line at once: a process that is killed right after has still said it. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
