// Starts an example app: npm start [-- <framework>]

import { existsSync, readdirSync } from "node:fs";

const examples = new URL("../examples/", import.meta.url);
const server = (name: string): URL => new URL(`${name}/src/server.ts`, examples);
const names = readdirSync(examples).filter((name) => existsSync(server(name)));
const [name = "express"] = process.argv.slice(2);
if (!names.includes(name)) {
  console.error(`no such example: ${name}; there are ${names.join(", ")}`);
  process.exit(1);
}
await import(server(name).href);
