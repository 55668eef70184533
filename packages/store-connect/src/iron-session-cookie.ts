// The cookie of iron-session: the session itself, sealed; possibly split over `<name>.0` to `.3`.

import {
  checkedName,
  cookieRemover,
  type OldCookie,
  type OldCookieOptions,
  type ReadCookie,
} from "./old-cookie.ts";
import { isObject } from "./session-json.ts";

export interface IronSessionCookieOptions extends OldCookieOptions {
  /** The old application's `cookieName`. */
  readonly name: string;
  /** iron-session's own: `(seal) => unsealData(seal, { password, ttl })`, as the old application had it. */
  readonly unseal: (seal: string) => Promise<unknown>;
}

const MAX_CHUNKS = 4; // iron-session 9.

/**
 * Recognises the session cookies of iron-session 8 and 9.
 *
 * @throws {TypeError} That names the option, for values that are wrong.
 */
export function ironSessionCookie(options: IronSessionCookieOptions): OldCookie {
  const name = checkedName(options.name);
  const { unseal } = options;
  if (typeof unseal !== "function") {
    throw new TypeError("unseal must be a function: (seal) => unsealData(seal, { password })");
  }
  const chunks = Array.from({ length: MAX_CHUNKS }, (_, index) => `${name}.${index}`);

  return {
    names: [name, ...chunks],
    clear: cookieRemover(options),
    async find(read) {
      const seal = read(name) ?? joined(chunks, read);
      // Fe26.2 * password id * salt * iv * sealed * expiry (epoch ms or nothing) * salt * MAC ~ version
      const parts = /^(Fe26\.2\*\w*\*[^*~]*\*[^*~]*\*[^*~]*\*(\d*))\*[^*~]*\*[^*~]*(?:~|$)/.exec(
        seal,
      );
      const [, sealed, expiry] = parts ?? [];
      if (sealed === undefined || expiry === undefined) return null;
      const data = await opened(unseal, seal);
      if (data === null) return null;
      const expiresAt = expiry === "" ? null : Number(expiry);
      return {
        // Without what the MAC doesn't cover: a thief could spell that in many ways.
        key: `iron-session ${name} ${sealed}`,
        load: async () =>
          expiresAt === null || Date.now() < expiresAt ? { data, expiresAt } : null,
        end: async () => {},
      };
    },
  };
}

function joined(chunks: readonly string[], read: ReadCookie): string {
  const values = chunks.map(read);
  const gap = values.indexOf(null);
  return values.slice(0, gap === -1 ? MAX_CHUNKS : gap).join("");
}

/** `null` for whatever can't be opened: iron-session answers `{}`, iron-webcrypto throws. */
async function opened(
  unseal: IronSessionCookieOptions["unseal"],
  seal: string,
): Promise<Record<string, unknown> | null> {
  try {
    const data = await unseal(seal);
    return isObject(data) && Object.keys(data).length > 0 ? data : null;
  } catch {
    return null;
  }
}
