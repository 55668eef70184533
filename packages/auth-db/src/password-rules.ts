// What a new password must be: long enough, and none that is tried first. No rules about characters.

import { isCommonPassword } from "./common-passwords.ts";

export interface PasswordRuleOptions {
  /**
   * The fewest characters. 15 where the password is all there is; 8, and no less, where every login
   * also asks for a second factor (NIST SP 800-63B-4 §3.1.1.2). Default 15.
   */
  minLength?: number;
  /** More texts that are no password, in any case: names of the application and its makers. */
  blocked?: readonly string[];
  /** A look into a list of breached passwords. One that fails counts as not found. */
  isBreached?: (password: string) => boolean | Promise<boolean>;
  /** Told of a look-up that failed. */
  onError?: (error: unknown) => void;
}

export interface PasswordRules {
  /** For the form. */
  hint: string;
  /**
   * @param about What belongs to this user: name and e-mail address.
   * @returns A sentence for the visitor, or `null` when the password will do.
   */
  complaint(password: string, about: readonly string[]): Promise<string | null>;
}

/** @throws {TypeError} Naming the option. */
export function createPasswordRules(options: PasswordRuleOptions = {}): PasswordRules {
  const { minLength = 15, blocked = [], isBreached, onError = () => {} } = options;
  if (!Number.isSafeInteger(minLength) || minLength < 8 || minLength > 64) {
    throw new TypeError("passwords.minLength must be a whole number from 8 to 64");
  }

  async function breached(password: string): Promise<boolean> {
    try {
      return (await isBreached?.(password)) === true;
    } catch (error) {
      onError(error);
      return false;
    }
  }

  return {
    hint: `At least ${minLength} characters. Several words in a row are easy to remember.`,
    async complaint(password, about) {
      // Code points: what people see as one character may be two UTF-16 units.
      if ([...password].length < minLength) {
        return `Please choose a password of at least ${minLength} characters.`;
      }
      const folded = password.toLowerCase();
      const known = [...blocked, ...about, ...about.map((text) => text.split("@")[0] ?? "")];
      if (known.some((text) => text !== "" && text.toLowerCase() === folded)) {
        return "Please choose a password that is not your name or address.";
      }
      if ((await isCommonPassword(password)) || (await breached(password))) {
        return "This password is one of those that are tried first. Please choose another.";
      }
      return null;
    },
  };
}
