// Whether an identity of a provider may become another way into an account that is there already.

export interface LinkQuestion {
  /** The account that is there. */
  account: {
    id: string;
    email: string | null;
    /** Only `true` counts. */
    emailVerified: unknown;
  };
  /** The claims of the new login. */
  identity: { readonly email?: unknown; readonly email_verified?: unknown };
  /** How the account was just proven by the same browser; `null` when it was not. */
  proof: { accountId: string; at: number } | null;
  now: number;
}

export type LinkAnswer =
  | { kind: "link" }
  | { kind: "refuse"; reason: "unverified-email" | "other-email" | "no-proof" };

/** How long a proof counts: five minutes, in milliseconds. */
const PROOF_MS = 300_000;

/**
 * The same address is no proof: whoever registers it elsewhere first would get in. So both sides must
 * have verified it, and the visitor must have logged in to the account in the last five minutes.
 *
 * @example
 * const { user, createdAt } = session; // logged in by password just now
 * mayLink({ account, identity: claims, proof: user && { accountId: user.id, at: createdAt }, now });
 */
export function mayLink({ account, identity, proof, now }: LinkQuestion): LinkAnswer {
  const { email, email_verified } = identity;
  if (typeof email !== "string" || email_verified !== true || account.emailVerified !== true) {
    return { kind: "refuse", reason: "unverified-email" };
  }
  if (account.email === null || !isSameAddress(account.email, email)) {
    return { kind: "refuse", reason: "other-email" };
  }
  const age = proof === null ? Number.NaN : now - proof.at;
  if (proof?.accountId !== account.id || !(age >= 0 && age <= PROOF_MS)) {
    return { kind: "refuse", reason: "no-proof" };
  }
  return { kind: "link" };
}

/** Without regard to the case of ASCII letters; other characters that look alike are different. */
function isSameAddress(one: string, other: string): boolean {
  const fold = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return one !== "" && fold(one) === fold(other);
}
