// Logging in with names and passwords from the configuration, for development and demonstrations.

import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from "node:crypto";
import {
  type LoginMethod,
  type LoginRequest,
  type LoginStep,
  type PasswordFields,
  passwordView,
  readPasswordField,
} from "@latchkey/auth-core";

export interface SimpleLoginOptions {
  /** By user name: a password, or a password with attributes of the user. */
  credentials: Record<string, string | SimpleCredential>;
  /** Default `simple`. */
  name?: string;
  user?: {
    /** Name of the form field. Default `user`. */
    field?: string;
  };
  password?: {
    /** Name of the form field. Default `password`. */
    field?: string;
  };
  /** Starts even where `NODE_ENV` is `production`. Default `false`. */
  allowInProduction?: boolean;
}

export interface SimpleCredential {
  password: string;
  /** Everything else becomes an attribute of the user. */
  [attribute: string]: unknown;
}

export interface SimpleUser {
  /** The user name. */
  id: string;
  /** The user name. */
  user: string;
  [attribute: string]: unknown;
}

/**
 * Logs in with passwords that stand in the configuration as plain text.
 *
 * @throws {TypeError} When an option is wrong, or in production without `allowInProduction`.
 * @example
 * const login = simpleLogin({
 *   credentials: { alpha: "alpha", gamma: { password: "pwd", role: "user" } },
 * });
 */
export function simpleLogin(options: SimpleLoginOptions): LoginMethod<SimpleUser> {
  const { credentials, name = "simple", allowInProduction = false } = options;
  if (process.env["NODE_ENV"] === "production" && allowInProduction !== true) {
    throw new TypeError(
      "simpleLogin keeps passwords as plain text and does not start in production; " +
        "set allowInProduction: true if that is what you want",
    );
  }
  const fields = fieldNames(options);
  const digest = digester();
  const accounts = readCredentials(credentials, digest);
  const nobody = randomBytes(32); // no password has this digest

  return {
    name,
    account: (request) =>
      request.method === "POST" ? readPasswordField(request.fields, fields.user) : null,
    async step(request: LoginRequest): Promise<LoginStep<SimpleUser>> {
      if (request.method === "GET") return { kind: "show", view: passwordView(fields, null) };
      const user = readPasswordField(request.fields, fields.user);
      const password = readPasswordField(request.fields, fields.password);
      const view = passwordView(fields, user);
      if (user === null || password === null) {
        return { kind: "rejected", reason: "bad-request", view };
      }
      const account = accounts.get(user);
      const same = timingSafeEqual(digest(password), account?.digest ?? nobody);
      if (!account || !same) return { kind: "rejected", reason: "invalid-credentials", view };
      return { kind: "accepted", user: { ...account.attributes, id: user, user } };
    },
  };
}

function fieldNames({ user = {}, password = {} }: SimpleLoginOptions): PasswordFields {
  const names = { user: user.field ?? "user", password: password.field ?? "password" };
  for (const option of ["user", "password"] as const) {
    if (typeof names[option] !== "string" || names[option] === "") {
      throw new TypeError(`${option}.field must be the name of a form field`);
    }
  }
  if (names.user === names.password) throw new TypeError("user.field and password.field are equal");
  return names;
}

/** Equal lengths, and nothing about the password to be learnt from how long comparing takes. */
function digester(): (password: string) => Buffer {
  const key = createSecretKey(randomBytes(32));
  return (password) => createHmac("sha256", key).update(password).digest();
}

interface Account {
  digest: Buffer;
  attributes: Record<string, unknown>;
}

function readCredentials(
  credentials: SimpleLoginOptions["credentials"],
  digest: (password: string) => Buffer,
): Map<string, Account> {
  if (typeof credentials !== "object" || credentials === null) {
    throw new TypeError("credentials must be an object of user names and passwords");
  }
  const accounts = new Map<string, Account>();
  for (const [user, credential] of Object.entries(credentials)) {
    const { password, ...attributes } =
      typeof credential === "string" ? { password: credential } : (credential ?? {});
    if (typeof password !== "string" || password === "") {
      throw new TypeError(`credentials['${user}'] must have a password of at least one character`);
    }
    accounts.set(user, { digest: digest(password), attributes });
  }
  return accounts;
}
