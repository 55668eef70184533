// Writes for ever and says each id once its write is answered. Meant to be killed.
import { flushCompileCache } from "node:module";
import { sqlStore } from "../../src/index.ts";
import { openDatabase } from "../databases.ts";
import { argument, say } from "./ipc.ts";

const store = sqlStore(openDatabase(argument(0)), {
  table: argument(2, "latchkey_records"),
  timeout: "10s",
});
const run = argument(1);
flushCompileCache(); // it won't come to its end

for (let count = 0; ; count++) {
  const now = Date.now();
  const id = `session:${run}-${count}`;
  const record = { id, owner: `u${count % 7}`, data: `"${"x".repeat(500)}"` };
  const times = { createdAt: now, seenAt: now, expiresAt: now + 3_600_000 };
  await store.create({ ...record, ...times, version: 1 });
  await store.replace({ ...record, ...times, data: '"replaced"', version: 2 });
  if (count % 3 === 0) await store.delete(id);
  say(`${count % 3 === 0 ? "deleted" : "kept"} ${id}`);
}
