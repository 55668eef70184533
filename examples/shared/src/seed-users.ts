// The accounts that an empty table starts with.

import { randomBytes } from "node:crypto";

export interface SeedUser {
  user: string;
  password: string;
  role: string;
}

/**
 * Accounts from `alpha:secret:admin,beta:secret2:member`, or two with random passwords.
 *
 * @throws {TypeError} That names the setting.
 */
export function seedUsersFrom(text: string | null): SeedUser[] {
  if (text === null) {
    return ["admin", "member"].map((role) => ({
      user: role === "admin" ? "alpha" : "beta",
      password: randomBytes(12).toString("base64url"),
      role,
    }));
  }
  return text.split(",").map((entry) => {
    const [user = "", password = "", role = "member"] = entry.split(":");
    if (user === "" || password === "") {
      throw new TypeError("SEED_USERS must look like alpha:secret:admin,beta:secret2:member");
    }
    return { user, password, role };
  });
}
