// PBKDF2 as PHC string and by passlib (`$pbkdf2-sha256$29000$<salt>$<hash>`), by Django
// (`pbkdf2_sha256$600000$<salt>$<hash>`) and by Werkzeug (`pbkdf2:sha256:600000$<salt>$<hex>`).
// See RFC 8018 §5.2.

import { pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { HashError } from "../hash-error.ts";
import { bytesOf } from "./base64.ts";
import type { StoredHash } from "./stored-hash.ts";

export function readPbkdf2(stored: string): StoredHash | null {
  const params = readPhc(stored) ?? readDjango(stored) ?? readWerkzeug(stored);
  if (!params || params.rounds < 1) return null;
  const { digest, rounds, salt, expected } = params;
  if (rounds > 5_000_000) {
    throw new HashError("ERR_HASH_COST", "the PBKDF2 hash has more than 5,000,000 rounds");
  }
  return {
    scheme: `pbkdf2-${digest}`,
    cost: rounds,
    async matches(password) {
      const derived = await derive(password, salt, rounds, expected.length, digest);
      return timingSafeEqual(derived, expected);
    },
    isOutdated: () => true,
  };
}

interface Pbkdf2Hash {
  digest: string;
  rounds: number;
  salt: Buffer;
  expected: Buffer;
}

const derive = promisify(pbkdf2);

function readPhc(stored: string): Pbkdf2Hash | null {
  const match =
    /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?(\d{1,9})(?:,l=\d{1,3})?\$([^$]+)\$([^$]+)$/.exec(
      stored,
    );
  const [, digest = "sha1", rounds, saltText = "", hashText = ""] = match ?? [];
  return checked(digest, rounds, bytesOf(saltText, 1, 256), bytesOf(hashText, 16, 64));
}

function readDjango(stored: string): Pbkdf2Hash | null {
  const match = /^pbkdf2_(sha1|sha256)\$(\d{1,9})\$([^$]{1,256})\$([^$]+)$/.exec(stored);
  const [, digest, rounds, salt = "", hashText = ""] = match ?? [];
  return checked(digest, rounds, Buffer.from(salt), bytesOf(hashText, 16, 64));
}

function readWerkzeug(stored: string): Pbkdf2Hash | null {
  const match =
    /^pbkdf2:(sha1|sha256|sha512):(\d{1,9})\$([^$]{1,256})\$((?:[0-9a-f]{2}){16,64})$/.exec(stored);
  const [, digest, rounds, salt = "", hex = ""] = match ?? [];
  return checked(digest, rounds, Buffer.from(salt), Buffer.from(hex, "hex"));
}

function checked(
  digest: string | undefined,
  rounds: string | undefined,
  salt: Buffer | null,
  expected: Buffer | null,
): Pbkdf2Hash | null {
  if (digest === undefined || rounds === undefined || !salt || !expected) return null;
  return { digest, rounds: Number(rounds), salt, expected };
}
