// The login contract for passwords, from the configuration and from a table, on three frameworks.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createPasswordHasher, dbLogin } from "@latchkey/auth-db";
import { simpleLogin } from "@latchkey/auth-simple";
import { tempFolder } from "@latchkey/example-shared/start-app";
import { csvTable } from "@latchkey/table";
import { loginContract } from "@latchkey/testing";
import { afterAll, describe, test } from "vitest";
import { frameworks } from "./hosts.ts";
import { passwordSubject } from "./password-subject.ts";

const user = "ann";
const password = "correct horse battery";

describe.each(frameworks)("%s", (framework) => {
  describe("simple", () => {
    const start = () =>
      passwordSubject(framework, simpleLogin({ credentials: { [user]: password } }), {
        user,
        password,
      });
    loginContract({ test, after: afterAll, start });
  });

  describe("db", () => {
    loginContract({
      test,
      after: afterAll,
      async start() {
        const file = join(tempFolder(), "users.csv");
        const hash = await createPasswordHasher().hash(password);
        writeFileSync(file, "user,password,active\n");
        const table = csvTable(file);
        await table.insert({ user, password: hash, active: "yes" });
        await table.insert({ user: "pam", password: hash, active: "no" });
        const isActive = (row: Record<string, unknown>) => row["active"] === "yes";
        const more = { disabled: { user: "pam", password } };
        return passwordSubject(framework, dbLogin({ table, isActive }), { user, password, more });
      },
    });
  });
});
