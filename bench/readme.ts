// Puts results between the markers of README.md: `<!-- name -->` … `<!-- /name -->`.

import { readFileSync, writeFileSync } from "node:fs";

const path = new URL("./README.md", import.meta.url);

/** @throws {Error} When README.md has no such section. */
export function writeSection(name: string, text: string): void {
  const readme = readFileSync(path, "utf8");
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from === -1 || to < from) throw new Error(`README.md has no section ${name}`);
  const before = readme.slice(0, from + begin.length);
  writeFileSync(path, `${before}\n${text}\n\n${readme.slice(to)}`);
}
