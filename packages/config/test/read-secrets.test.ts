// Secrets: strong ones only, made once, private, and never shown.

import { spawn } from "node:child_process";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { readSecrets } from "../src/index.ts";
import { shown } from "./shown.ts";

const strong = "0123456789abcdefghijklmnopqrstuvwxyz";
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "latchkey-config-"));
  file = join(folder, "keys.txt");
});
beforeEach(() => onTestFinished(() => rmSync(folder, { recursive: true, force: true })));

it("takes the environment's, in order, and writes no file", () => {
  const env = { KEYS: `${strong}, ${strong}2` };
  expect(readSecrets(env, "KEYS", { file })).toEqual([strong, `${strong}2`]);
  expect(readdirSync(folder)).toEqual([]);
});

it.each(["short", `${strong},short`, "a".repeat(40), ","])(
  "refuses %s without showing it",
  (text) => {
    const read = () => readSecrets({ KEYS: text }, "KEYS", { file });
    expect(read).toThrow(/^KEYS must hold random secrets/);
    expect(read).not.toThrow(text.length > 1 ? text : /$^/);
  },
);

it("makes one once and keeps it, for this user alone", () => {
  const [made] = readSecrets({}, "KEYS", { file });
  expect(made).toMatch(/^[\w-]{43}$/);
  expect(readSecrets({}, "KEYS", { file })).toEqual([made]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["keys.txt"]);
});

it("makes a file that others could read private again", () => {
  writeFileSync(file, `${strong}\n`);
  chmodSync(file, 0o644);
  expect(readSecrets({}, "KEYS", { file })).toEqual([strong]);
  expect(statSync(file).mode & 0o077).toBe(0);
});

it("refuses a file with a weak secret, naming the setting and the file", () => {
  writeFileSync(file, "weak\n");
  const error = failure(() => readSecrets({}, "KEYS", { file }));
  expect(String(error)).toMatch(/^TypeError: KEYS, kept in /);
  expect(String(error)).toContain(file);
  expect(shown(error)).not.toMatch(/weak/);
  expect(readFileSync(file, "utf8")).toBe("weak\n");
});

it.each(["missing/keys.txt", "."])("a file that can't be kept or read is named: %s", (name) => {
  const path = join(folder, name);
  const error = failure(() => readSecrets({}, "KEYS", { file: path }));
  expect(String(error)).toMatch(/^TypeError: KEYS can't be kept in /);
  expect(String(error)).toContain(path);
  expect(readdirSync(folder)).toEqual([]);
});

it("five processes that start at once agree on one secret", { timeout: 60_000 }, async () => {
  const url = new URL("../src/read-secrets.ts", import.meta.url);
  const code = `import { readSecrets } from ${JSON.stringify(url.href)};
    console.log(readSecrets({}, "KEYS", { file: ${JSON.stringify(file)} })[0]);`;
  const runs = Array.from({ length: 5 }, () => run(code));
  expect(new Set(await Promise.all(runs)).size).toBe(1);
  expect(readdirSync(folder)).toEqual(["keys.txt"]);
});

function failure(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return error;
  }
}

function run(code: string): Promise<string> {
  const args = ["--conditions=@latchkey/source", "--input-type=module", "-e", code];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("exit", (status) =>
      status === 0 ? resolve(out.trim()) : reject(new Error(`exit ${status}`)),
    );
  });
}
