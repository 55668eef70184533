// Ready-made requirements about how the principal proved who they are.
import type { Proof } from "./subject.ts";

/** Fits rules for any type of user: it never looks at the user, which leaves inference alone. */
export interface ProofRule {
  readonly condition: (principal: Proof) => boolean;
  readonly message: string;
}

/** Logged in with a second factor. */
export function mfa(): ProofRule {
  return {
    condition: (principal) => principal.mfa,
    message: "You must log in with multi-factor authentication.",
  };
}

/** Is a role account: a machine, not a person. */
export function roleAccount(): ProofRule {
  return {
    condition: (principal) => principal.roleAccount,
    message: "This is only for role accounts.",
  };
}

/** Is a person. */
export function notRoleAccount(): ProofRule {
  return {
    // Not `!`: an account of which it isn't known is not taken for a person.
    condition: (principal) => principal.roleAccount === false,
    message: "This is not for role accounts.",
  };
}

/**
 * The credential may be used for this. A session, which carries no scopes, may do all that its user may.
 *
 * @param name One scope, compared exactly: `"read"` doesn't cover `"read:users"`.
 * @throws {TypeError} If the name is not one scope token.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.3
 */
export function scope(name: string): ProofRule {
  if (typeof name !== "string" || !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(name)) {
    throw new TypeError("scope: name must be one scope, without spaces or quotes");
  }
  return {
    message: "Your credential does not have the required scope.",
    condition: ({ via, scopes }) => {
      // A plain string would answer `includes` too, by substring.
      if (!Array.isArray(scopes)) return false;
      return scopes.includes(name) || (via === "session" && scopes.length === 0);
    },
  };
}
