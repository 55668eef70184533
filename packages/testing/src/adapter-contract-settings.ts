// Settings that are wrong or unsafe: the app doesn't start, and says in one line which it is.

import { expectEqual, expectTrue } from "./adapter-contract-expect.ts";
import type { AdapterRule } from "./adapter-contract-rule.ts";

/** A setting and values with which no app may start. */
const wrong: Readonly<Record<string, readonly string[]>> = {
  PORT: ["x", "65536"],
  STORE: ["nonsense", "gopher://localhost", "sqlite:/no/such/folder/x.db"],
  USERS: ["nonsense", "sqlite:/no/such/folder/x.db"],
  SESSION_KEYS: ["short", "a".repeat(40), `${"Ab3-Xy9_".repeat(5)},short`],
  LIFETIME: ["30", "-1d", "500d"],
  IDLE: ["x"],
  TRUST_PROXY: ["true", "0.0.0.0/0", "nonsense"],
  SEED_USERS: ["nonsense"],
};

export const settingRules: readonly AdapterRule[] = [
  ...Object.entries(wrong).map(([name, values]): AdapterRule => {
    return {
      name: `a wrong ${name} stops the start with one line that names it`,
      async check(subject) {
        await Promise.all(
          values.map(async (value) => {
            const printed = await subject.startError({ [name]: value });
            const what = `${name}=${value}`;
            if (printed === null) throw new Error(`the app starts with ${what}`);
            const lines = printed.trim().split("\n");
            expectEqual(lines.length, 1, `lines that it prints for ${what} (${lines[0]})`);
            const named = lines[0]?.toLowerCase().includes(name.toLowerCase()) ?? false;
            expectTrue(named, `what it prints for ${what} names the setting: ${lines[0]}`);
          }),
        );
      },
    };
  }),
  {
    name: "a PORT that is taken stops the start with one line that names it",
    async check(subject) {
      const { port } = new URL(subject.shared.url);
      const printed = await subject.startError({ PORT: port });
      expectEqual(printed?.trim().split("\n").length, 1, `lines that it prints (${printed})`);
      expectTrue(/\bport\b/i.test(printed ?? ""), `what it prints names PORT: ${printed}`);
    },
  },
  {
    name: "a wrong secret is never printed",
    async check(subject) {
      const secret = "tooshort-s3cret";
      const printed = await subject.startError({ SESSION_KEYS: secret });
      expectTrue(printed?.includes(secret) === false, "the secret must not be printed");
      const url = "postgres://app:s3cretpassword@localhost:1/x";
      for (const name of ["STORE", "USERS"]) {
        const shown = await subject.startError({ [name]: url });
        expectTrue(!shown?.includes("s3cretpassword"), `${name}'s password must not be printed`);
      }
    },
  },
];
