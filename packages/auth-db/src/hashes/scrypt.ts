// scrypt as PHC string and by passlib (`$scrypt$ln=16,r=8,p=1$<salt>$<hash>`) and by Werkzeug
// (`scrypt:32768:8:1$<salt>$<hex>`). See RFC 7914.

import { scrypt, timingSafeEqual } from "node:crypto";
import { HashError } from "../hash-error.ts";
import { bytesOf } from "./base64.ts";
import type { StoredHash } from "./stored-hash.ts";

export function readScrypt(stored: string): StoredHash | null {
  const params = readPhc(stored) ?? readWerkzeug(stored);
  if (!params) return null;
  const { N, r, p, salt, expected } = params;
  if (!Number.isInteger(Math.log2(N)) || N < 2 || r < 1 || p < 1) return null;
  // 256 MiB, and about 2 s of one core.
  if (128 * N * r > 2 ** 28 || N * r * p > 2 ** 22) {
    throw new HashError("ERR_HASH_COST", "the scrypt hash costs too much");
  }
  return {
    scheme: "scrypt",
    cost: N * r * p,
    async matches(password) {
      const options = { N, r, p, maxmem: 128 * r * (N + p + 2) + 2 ** 20 };
      const derived = await derive(password, salt, expected.length, options);
      return timingSafeEqual(derived, expected);
    },
    isOutdated: () => true,
  };
}

interface ScryptHash {
  N: number;
  r: number;
  p: number;
  salt: Buffer;
  expected: Buffer;
}

function readPhc(stored: string): ScryptHash | null {
  const match =
    /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,9}),p=(\d{1,9})\$([^$]+)\$([^$]+)$/.exec(stored) ?? [];
  const [, ln, r, p, saltText = "", hashText = ""] = match;
  const salt = bytesOf(saltText, 1, 256);
  const expected = bytesOf(hashText, 16, 128);
  if (!salt || !expected) return null;
  return { N: 2 ** Number(ln), r: Number(r), p: Number(p), salt, expected };
}

function readWerkzeug(stored: string): ScryptHash | null {
  const match =
    /^scrypt:(\d{1,9}):(\d{1,9}):(\d{1,9})\$([^$]{1,256})\$((?:[0-9a-f]{2}){16,128})$/.exec(stored);
  const [, N, r, p, salt, hex] = match ?? [];
  if (salt === undefined || hex === undefined) return null;
  return {
    N: Number(N),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt), // the salt is the text itself
    expected: Buffer.from(hex, "hex"),
  };
}

function derive(
  password: string,
  salt: Buffer,
  length: number,
  options: { N: number; r: number; p: number; maxmem: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
