// bcrypt, e.g. `$2b$12$<salt and hash>`, through the optional package @node-rs/bcrypt.

import { HashError } from "../hash-error.ts";
import type { StoredHash } from "./stored-hash.ts";

// Not $2x$: it marks hashes of an implementation that mishandled non-ASCII characters.
const format = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

export function readBcrypt(stored: string): StoredHash | null {
  const cost = Number(format.exec(stored)?.[1]);
  if (!(cost >= 4)) return null;
  if (cost > 15) throw new HashError("ERR_HASH_COST", `bcrypt cost ${cost} is over 15`); // about 3 s
  return {
    scheme: "bcrypt",
    cost: 2 ** cost,
    async matches(password) {
      // bcrypt reads 72 bytes and most implementations stop at NUL: what follows would not count.
      if (Buffer.byteLength(password) > 72 || password.includes("\0")) return null;
      const { verify } = await loadBcrypt();
      return verify(password, stored);
    },
    isOutdated: () => true,
  };
}

async function loadBcrypt(): Promise<Pick<typeof import("@node-rs/bcrypt"), "verify">> {
  try {
    return await import("@node-rs/bcrypt");
  } catch (cause) {
    throw new HashError(
      "ERR_HASH_PACKAGE",
      "there are bcrypt hashes among the users: install the package @node-rs/bcrypt",
      { cause },
    );
  }
}
