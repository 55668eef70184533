// Secrets that sign sessions: from the environment, or made once and kept in a file.

import { randomBytes } from "node:crypto";
import { chmodSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type Environment, readText } from "./read-setting.ts";

export interface SecretsOptions {
  /** Kept here, readable by this user alone, when the environment has none. */
  file: string;
}

const MIN_LENGTH = 32;

/**
 * Comma-separated secrets, the first one signs. Made of 256 random bits when there are none.
 *
 * @throws {TypeError} That names the setting, and the file where that matters, and never shows a
 * secret.
 */
export function readSecrets(env: Environment, name: string, options: SecretsOptions): string[] {
  const text = readText(env, name);
  if (text !== null) return check(text, name);
  const { file } = options;
  let kept: string;
  try {
    kept = readKept(file) ?? make(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "unknown";
    throw new TypeError(`${name} can't be kept in ${file}: ${why}`, { cause });
  }
  return check(kept, `${name}, kept in ${file},`);
}

/** @returns What is in the file then. */
function make(file: string): string {
  const made = randomBytes(32).toString("base64url");
  // Two processes may start at once: whoever links first decides for both.
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, `${made}\n`, { mode: 0o600, flag: "wx" });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readKept(file) ?? "";
}

function readKept(file: string): string | null {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  }
  // Group and others must not read it; Windows has no such bits.
  if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  return text;
}

function check(text: string, what: string): string[] {
  const secrets = text.split(/[,\n]/).map((secret) => secret.trim());
  const filled = secrets.filter((secret) => secret !== "");
  const weak = (secret: string): boolean => secret.length < MIN_LENGTH || new Set(secret).size < 8;
  if (filled.length > 0 && !filled.some(weak)) return filled;
  throw new TypeError(
    `${what} must hold random secrets of ${MIN_LENGTH} characters or more, separated by commas;` +
      " make one with: openssl rand -base64 32",
  );
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
