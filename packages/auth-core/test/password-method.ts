// A way of logging in, for tests: everyone's password is "right".

import type { LoginMethod, LoginRequest, LoginStep, LoginView } from "../src/login-method.ts";
import type { User } from "./test-app.ts";

export interface PasswordMethod extends LoginMethod<User> {
  /** The names whose passwords were looked at. */
  tries: string[];
}

export const view: LoginView = {
  title: "Log in",
  submit: "Log in",
  fields: [
    { name: "user", label: "User name", type: "text", autocomplete: "username" },
    { name: "password", label: "Password", type: "password", autocomplete: "current-password" },
  ],
};

export const right = { user: "alice", password: "right" };
export const wrong = { user: "alice", password: "wrong" };

export function passwordMethod(name = "password"): PasswordMethod {
  const tries: string[] = [];
  return {
    name,
    tries,
    account: ({ method, fields }) => (method === "POST" ? (fields["user"] ?? null) : null),
    async step({ method, fields }: LoginRequest): Promise<LoginStep<User>> {
      if (method === "GET") return { kind: "show", view };
      const { user, password } = fields;
      if (!user || !password) return { kind: "rejected", reason: "bad-request", view };
      tries.push(user);
      // As long as hashing would take others to come up.
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (password !== "right") return { kind: "rejected", reason: "invalid-credentials", view };
      return { kind: "accepted", user: { id: user } };
    },
  };
}

/** A way of logging in that does the same at every request. */
export function fixedMethod(step: (request: LoginRequest) => LoginStep<User>): LoginMethod<User> {
  return { name: "fixed", account: () => null, step: async (request) => step(request) };
}
