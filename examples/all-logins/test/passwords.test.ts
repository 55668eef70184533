// The login contract for passwords, from the configuration and from a table, on three frameworks.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createPasswordHasher, dbLogin } from "@latchkey/auth-db";
import { simpleLogin } from "@latchkey/auth-simple";
import { tempFolder } from "@latchkey/example-shared/start-app";
import { memoryStore } from "@latchkey/store-memory";
import { csvTable } from "@latchkey/table";
import { loginContract } from "@latchkey/testing";
import { afterAll, describe, test } from "vitest";
import { frameworks } from "./hosts.ts";
import { passwordSubject } from "./password-subject.ts";
import { resetJourney } from "./reset-journey.ts";

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
        // The race sets 50 passwords at once.
        const hasher = createPasswordHasher({ memoryKiB: 64, passes: 1, allowWeak: true });
        const hash = await hasher.hash(password);
        writeFileSync(file, "user,password,active,email\n");
        const table = csvTable(file);
        const [email, other] = ["ann@example.com", "bea@example.com"];
        await table.insert({ user, password: hash, active: "yes", email });
        await table.insert({ user: "bea", password: hash, active: "yes", email: other });
        await table.insert({ user: "pam", password: hash, active: "no", email: "" });
        const isActive = (row: Record<string, unknown>) => row["active"] === "yes";
        const reset = resetJourney({ user: "bea", password, email: other });
        const { mailer } = reset;
        const [store, url] = [memoryStore(), "http://localhost/login"];
        const login = dbLogin({ table, isActive, hasher, forgot: true, mailer, store, url });
        const more = { disabled: { user: "pam", password } };
        return passwordSubject(framework, login, { user, password, more, reset });
      },
    });
  });
});
