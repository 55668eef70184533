// sha256_crypt and sha512_crypt, e.g. `$5$rounds=535000$<salt>$<hash>` by passlib and glibc. Node has
// no native one, so the rounds run here, a few milliseconds at a time.
// See "Unix crypt using SHA-256 and SHA-512" by Ulrich Drepper; the step numbers are its own.

import { hash, timingSafeEqual } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { HashError } from "../hash-error.ts";
import type { StoredHash } from "./stored-hash.ts";

const format =
  /^\$([56])\$(?:rounds=(\d{1,9})\$)?([./0-9A-Za-z_-]{1,16})\$([./0-9A-Za-z]{43}|[./0-9A-Za-z]{86})$/;

export function readShaCrypt(stored: string): StoredHash | null {
  const [, kind, roundsText = "5000", salt = "", text = ""] = format.exec(stored) ?? [];
  const algorithm = kind === "5" ? "sha256" : "sha512";
  if (text.length !== (algorithm === "sha256" ? 43 : 86)) return null;
  const rounds = Math.max(1_000, Number(roundsText)); // as every implementation does
  if (rounds > 1_000_000) {
    throw new HashError("ERR_HASH_COST", "the hash has more than 1,000,000 rounds");
  }
  return {
    scheme: `${algorithm}_crypt`,
    cost: rounds,
    async matches(password) {
      const bytes = Buffer.from(password);
      if (bytes.length > 256) return null; // the work grows with the password's length
      const computed = encode(await shaCrypt(algorithm, bytes, Buffer.from(salt), rounds));
      return timingSafeEqual(Buffer.from(computed), Buffer.from(text));
    },
    isOutdated: () => true,
  };
}

type Algorithm = "sha256" | "sha512";

async function shaCrypt(
  algorithm: Algorithm,
  password: Buffer,
  salt: Buffer,
  rounds: number,
): Promise<Buffer> {
  const digest = (...parts: Buffer[]): Buffer => hash(algorithm, Buffer.concat(parts), "buffer");
  // Steps 4–8.
  const b = digest(password, salt, password);
  // Steps 1–3 and 9–12.
  const parts = [password, salt, Buffer.alloc(password.length, b)];
  for (let bits = password.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? b : password);
  const a = digest(...parts);
  // Steps 13–20.
  const dp = digest(Buffer.alloc(password.length ** 2, password));
  const p = Buffer.alloc(password.length, dp);
  const ds = digest(Buffer.alloc(salt.length * (16 + (a[0] ?? 0)), salt));
  const s = Buffer.alloc(salt.length, ds);
  // Step 21.
  let c = a;
  let pauseAt = performance.now() + sliceMs;
  for (let round = 0; round < rounds; round++) {
    const odd = round % 2 === 1;
    const middle = [...(round % 3 ? [s] : []), ...(round % 7 ? [p] : [])];
    c = odd ? digest(p, ...middle, c) : digest(c, ...middle, p);
    if (round % 64 === 0 && performance.now() > pauseAt) {
      await setImmediate();
      pauseAt = performance.now() + sliceMs;
    }
  }
  return c;
}

const sliceMs = 4;
const alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Step 22: three bytes, taken from the three thirds of the digest in turn, give four characters. */
function encode(digest: Buffer): string {
  const third = Math.floor(digest.length / 3);
  const turn = digest.length === 32 ? [2, 0, 1] : [1, 2, 0]; // which third comes first next time
  let order = [0, third, third * 2];
  let text = "";
  for (let group = 0; group < third; group++) {
    text += characters(
      order.map((at) => digest[at] ?? 0),
      4,
    );
    order = turn.map((which) => (order[which] ?? 0) + 1);
  }
  return text + (digest.length === 32 ? lastOf32(digest) : characters([0, 0, digest[63] ?? 0], 2));
}

function lastOf32(digest: Buffer): string {
  return characters([0, digest[31] ?? 0, digest[30] ?? 0], 3);
}

function characters([high = 0, middle = 0, low = 0]: number[], count: number): string {
  const bits = (high << 16) | (middle << 8) | low;
  return Array.from({ length: count }, (_, at) => alphabet[(bits >> (6 * at)) & 63]).join("");
}
