// A login as the flow would ask for it, and what the operator is told.

import type { LoginStep } from "@latchkey/auth-core";
import { loginRequest } from "../../auth-core/test/login-request.ts";
import {
  type LdapLoginError,
  type LdapLoginOptions,
  type LdapUser,
  ldapLogin,
} from "../src/index.ts";

export interface Tried {
  step: LoginStep<LdapUser>;
  /** `accepted`, or the reason of the refusal. */
  outcome: string;
  /** Who was logged in. */
  user: LdapUser | null;
  errors: LdapLoginError[];
  /** Codes of the errors. */
  codes: string[];
}

export async function tryLogin(
  options: LdapLoginOptions,
  user: string,
  password: string,
): Promise<Tried> {
  const errors: LdapLoginError[] = [];
  const login = ldapLogin({ onError: (error) => void errors.push(error), ...options });
  const step = await login.step(loginRequest("POST", { user, password }));
  const outcome = step.kind === "rejected" ? step.reason : step.kind;
  const accepted = step.kind === "accepted" ? step.user : null;
  return { step, outcome, user: accepted, errors, codes: errors.map(({ code }) => code) };
}
